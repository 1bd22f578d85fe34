import { formatBytes } from '../shared/format';
import type { Cycle, Duplicate, Grouping, NativeRow, SparseRow, TypeRow } from '../shared/workerProtocol';
import { code, dominatedColumns, number, objectCell, objectColumns, pathOf, sizeColumn, typeColumns } from './columns';
import { div, element } from './dom';
import { groupedTable, siteNote } from './grouped';
import { placeCell, placeLink, placeOf } from './places';
import type { SnapshotPage } from './snapshotPage';
import { Table } from './table';

const groupings = [
  { value: 'type', label: 'Type' },
  { value: 'module', label: 'Module' },
  { value: 'package', label: 'Package' },
  { value: 'site', label: 'Allocation site' },
] as const satisfies { value: Grouping; label: string }[];

const titles = { type: 'Type', module: 'Module', package: 'Package', site: 'Allocated at' } as const;

// The worker names no more of a cycle.
const mostOfCycle = 20;

/** All types, or what else objects are grouped by; a row leads to its instances. */
export function typesTab(page: SnapshotPage): HTMLElement {
  return groupedTable<Grouping, TypeRow>('type', {
    groupings,
    table: (groupBy, filter) => ({
      label: 'Types',
      columns: typeColumns(titles[groupBy], page.bytes, { cell: groupBy === 'site' ? placeCell : code }),
      sortBy: 'retained',
      load: (question, signal) => page.host.ask('types', { ...question, groupBy, ...filter }, signal),
      open: (row) => page.showInstances(row, groupBy),
    }),
    note: (groupBy) => siteNote(groupBy, page.meta['traced']),
    empty: 'There is nothing.',
  });
}

/** What would be freed with what: each row holds those below it. */
export function dominatorsTab(page: SnapshotPage): HTMLElement {
  return shown(
    new Table({
      label: 'Dominators',
      columns: dominatedColumns(page),
      load: ({ start, count: rows }) => page.host.ask('dominated', { start, count: rows }),
      below: ({ node }, { start, count: rows }) => page.host.ask('dominated', { node, start, count: rows }),
      open: ({ node }) => page.showObject(node),
      empty: 'There is nothing.',
    }),
    'If an object went away, all that is below it would be freed too. What several objects share is below none of them.',
  );
}

export function duplicatesTab(page: SnapshotPage): HTMLElement {
  const caption = element('p', { class: 'caption' }, 'Equal values that are there more than once.');
  const table = new Table<Duplicate>({
    label: 'Duplicates',
    columns: [
      { title: 'Value', cell: ({ text, type }) => div('object', element('span', { class: 'type' }, type), code(text)), wide: true },
      { title: 'Times', cell: (row) => number(row.count), numeric: true },
      sizeColumn('Size', ({ bytes }) => bytes),
      sizeColumn('Wasted', ({ wasted }) => wasted),
    ],
    load: async (question) => {
      const found = await page.host.ask('duplicates', question);
      caption.textContent = `Equal values that are there more than once. One of each would save ${formatBytes(found.wasted)}.`;
      return found;
    },
    open: ({ nodes, count, text }) => page.showObjects({ title: `Objects equal to ${text}`, nodes, count }),
    empty: 'No value is there twice.',
  });
  return shown(table, caption);
}

export function sparseTab(page: SnapshotPage): HTMLElement {
  const caption = element('p', { class: 'caption' }, 'Containers with much more room than they use.');
  const table = new Table<SparseRow>({
    label: 'Sparse containers',
    columns: [
      { title: 'Container', cell: (row) => objectCell(row, pathOf(page, row)), wide: true },
      { title: 'Items', cell: ({ length }) => number(length), numeric: true },
      { title: 'Room for', cell: ({ capacity }) => number(capacity), numeric: true },
      sizeColumn('Wasted', ({ wasted }) => wasted),
    ],
    load: async (question) => {
      const found = await page.host.ask('sparse', question);
      caption.textContent = `Containers with much more room than they use. Copies of them would save ${formatBytes(found.wasted)}.`;
      return found;
    },
    open: ({ node }) => page.showObject(node),
    empty: 'No container is much larger than what is in it.',
  });
  return shown(table, caption);
}

export function cyclesTab(page: SnapshotPage): HTMLElement {
  const table = new Table<Cycle>({
    label: 'Cycles',
    columns: [
      { title: 'Cycle', cell: ({ sentence }) => element('span', { title: sentence }, sentence), wide: true },
      { title: 'Objects', cell: ({ objects }) => number(objects), numeric: true },
      sizeColumn('Size', ({ bytes }) => bytes),
    ],
    load: (question) => page.host.ask('cycles', question),
    open: ({ nodes, objects }) => page.showObjects({ title: 'Objects of the cycle', nodes, count: nodes.length < mostOfCycle ? nodes.length : objects }),
    empty: 'No unreachable cycle waits for the collector.',
  });
  return shown(table, 'Objects that nothing refers to but each other. Only the garbage collector can free them; “Objects” counts what would go with them too.');
}

export function nativeTab(page: SnapshotPage): HTMLElement {
  const table = new Table<NativeRow>({
    label: 'Held by native code',
    columns: [
      ...objectColumns<NativeRow>(page, false),
      { title: 'Native References', cell: (row) => number(row.count), numeric: true },
    ],
    load: (question) => page.host.ask('nativeHeld', question),
    open: ({ node }) => page.showObject(node),
    empty: 'All references are accounted for.',
  });
  return shown(table, 'Objects with more references than Python objects account for: an extension module or the interpreter itself keeps them alive.');
}

/** The objects of one type, or of another group. */
export function instancesOf(page: SnapshotPage, { key, name }: TypeRow, groupBy: Grouping): HTMLElement {
  const table = new Table({
    label: instancesTitle(name, groupBy),
    columns: objectColumns(page, true),
    sortBy: 'retained',
    load: (question) => page.host.ask('instances', { ...question, type: key, groupBy }),
    open: ({ node }) => page.showObject(node),
    empty: 'There are none.',
  });
  const place = groupBy === 'site' && placeOf(name) !== undefined;
  return shown(table, place ? element('p', { class: 'caption' }, placeLink(page.host, name)) : '');
}

/** What the objects of a type, or of another group, are called together. */
export function instancesTitle(name: string, groupBy: Grouping): string {
  switch (groupBy) {
    case 'type':
      return `Instances of ${name}`;
    case 'module':
    case 'package':
      return `Objects of types in ${name}`;
    case 'site':
      return placeOf(name) === undefined ? 'Objects whose allocation was not traced' : `Allocated at ${name}`;
  }
}

/** Some objects of a group: `count` of them, of which `nodes` are known. */
export interface SomeObjects {
  title: string;
  nodes: number[];
  count: number;
}

export function someObjects(page: SnapshotPage, { title, nodes, count }: SomeObjects): HTMLElement {
  const table = new Table({
    label: title,
    columns: objectColumns(page, false),
    load: async () => ({
      rows: await Promise.all(nodes.map((node) => page.host.ask('object', { node }))),
      total: nodes.length,
    }),
    open: ({ node }) => page.showObject(node),
    empty: 'There are none.',
  });
  return shown(table, nodes.length < count ? `The first ${number(nodes.length)} of ${number(count)}.` : '');
}

function shown<R>(table: Table<R>, caption: string | HTMLElement): HTMLElement {
  void table.reload();
  const line = typeof caption === 'string' ? caption !== '' && element('p', { class: 'caption' }, caption) : caption;
  return div('stack', line, table.element);
}
