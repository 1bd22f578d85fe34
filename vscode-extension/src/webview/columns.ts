import { formatBytes } from '../shared/format';
import type { LinkedRow, ObjectRow, TypeRow } from '../shared/workerProtocol';
import { div, element } from './dom';
import type { Column } from './table';

/** A short text that may be cut, and whole where the pointer rests. */
export function code(text: string): HTMLElement {
  return element('code', { title: text }, text);
}

export const number = (value: number) => value.toLocaleString('en-US');

/** An object: its type, then what it is. */
export function objectCell({ type, text, name }: ObjectRow): HTMLElement {
  // Of an object without a name or a value, the text is its type again.
  const more = name ?? (text === type ? undefined : text);
  return div('object', element('span', { class: 'type', title: type }, type), more !== undefined && code(more));
}

/** Columns of tables of objects. `whole`: bytes that a full bar stands for. */
export function objectColumns<R extends ObjectRow>(whole: number, sorts: boolean): Column<R>[] {
  return [
    { title: 'Object', cell: objectCell, wide: true },
    sizeColumn('Size', (row) => row.size, sorts ? 'size' : undefined),
    retainedColumn((row) => row.retained, whole, sorts ? 'retained' : undefined),
  ];
}

/** The same for objects at the end of a reference. */
export function linkedColumns(whole: number): Column<LinkedRow>[] {
  return [{ title: 'As', cell: ({ label }) => code(label) }, ...objectColumns<LinkedRow>(whole, false)];
}

/** Columns of tables of types, or of what objects are grouped by. */
export function typeColumns(title: string, whole: number, sorts = true): Column<TypeRow>[] {
  const sort = (by: string) => (sorts ? { sort: by } : {});
  return [
    { title, cell: ({ name }) => code(name), wide: true, ...sort('name') },
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
