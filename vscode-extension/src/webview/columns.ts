import { formatBytes } from '../shared/format';
import type { LinkedRow, ObjectRow, TypeRow } from '../shared/workerProtocol';
import { type Child, div, element } from './dom';
import type { SnapshotPage } from './snapshotPage';
import type { Column } from './table';

/** A short text that may be cut, and whole where the pointer rests. */
export function code(text: string): HTMLElement {
  return element('code', { title: text }, text);
}

export const number = (value: number) => value.toLocaleString('en-US');

/** An object: its type, then what it is, then how it is known. */
export function objectCell({ type, text, name }: ObjectRow, known?: Child): HTMLElement {
  // A text without a value repeats the type: `dict of 3 items`, or nothing but it.
  const more = name ?? (text === type ? undefined : text.startsWith(`${type} of `) ? text.slice(type.length + 1) : text);
  return div('object', element('span', { class: 'type', title: type }, type), more !== undefined && code(more), known);
}

/** The path from a root to an object, as soon as it is known. */
export function pathOf(page: SnapshotPage, { node }: ObjectRow): HTMLElement {
  const made = element('code', { class: 'known' });
  void page.pathTo(node).then((path) => {
    made.textContent = path ?? '';
    made.title = path ?? '';
  });
  return made;
}

/** Columns of tables of objects: what an object is and where it hangs, its size, what it retains. */
export function objectColumns<R extends ObjectRow>(page: SnapshotPage, sorts: boolean): Column<R>[] {
  return [{ title: 'Object', cell: (row) => objectCell(row, pathOf(page, row)), wide: true }, ...sizeColumns<R>(page.bytes, sorts)];
}

/** Columns for objects at the end of a reference. `whole`: bytes that a full bar stands for. */
export function linkedColumns(whole: number): Column<LinkedRow>[] {
  return [
    { title: 'As', cell: ({ label }) => code(label) },
    { title: 'Object', cell: (row) => objectCell(row), wide: true },
    ...sizeColumns<LinkedRow>(whole, false),
  ];
}

/** Columns of the tree of dominators: below another object, an object is known by its name there. */
export function dominatedColumns(page: SnapshotPage): Column<LinkedRow>[] {
  const known = (row: LinkedRow) => (row.label === '' ? pathOf(page, row) : element('code', { class: 'known' }, row.label));
  return [{ title: 'Object', cell: (row) => objectCell(row, known(row)), wide: true }, ...sizeColumns<LinkedRow>(page.bytes, false)];
}

function sizeColumns<R extends ObjectRow>(whole: number, sorts: boolean): Column<R>[] {
  return [
    sizeColumn('Size', (row) => row.size, sorts ? 'size' : undefined),
    retainedColumn((row) => row.retained, whole, sorts ? 'retained' : undefined),
  ];
}

/** Columns of tables of types, or of what objects are grouped by. */
export function typeColumns(
  title: string,
  whole: number,
  { sorts = true, cell = code }: { sorts?: boolean; cell?: (name: string) => HTMLElement } = {},
): Column<TypeRow>[] {
  const sort = (by: string) => (sorts ? { sort: by } : {});
  return [
    { title, cell: ({ name }) => cell(name), wide: true, ...sort('name') },
    { title: 'Count', cell: ({ count }) => number(count), numeric: true, ...sort('count') },
    { ...sizeColumn('Size', (row: TypeRow) => row.shallow), ...sort('shallow') },
    { ...retainedColumn((row: TypeRow) => row.retained, whole), ...sort('retained') },
  ];
}

export function sizeColumn<R>(title: string, size: (row: R) => number, sort?: string): Column<R> {
  return { title, cell: (row) => formatBytes(size(row)), numeric: true, ...(sort === undefined ? {} : { sort }) };
}

function retainedColumn<R>(size: (row: R) => number, whole: number, sort?: string): Column<R> {
  return { ...sizeColumn('Retained', size, sort), share: (row) => (whole === 0 ? 0 : size(row) / whole) };
}
