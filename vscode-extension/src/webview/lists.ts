import { formatBytes } from '../shared/format';
import type { Cycle, Duplicate, Grouping, NativeRow, SparseRow, TypeRow } from '../shared/workerProtocol';
import { captioned } from './captioned';
import { code, dominatedColumns, number, objectCell, objectColumns, pathOf, sizeColumn, typeColumns } from './columns';
import { div, element } from './dom';
import { groupedTable, siteNote } from './grouped';
import { placeCell } from './places';
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
      open: (type) => page.showInstances({ type, grouping: groupBy }),
    }),
    note: (groupBy) => siteNote(groupBy, page.meta['traced']),
    empty: 'There is nothing.',
  });
}

/** What would be freed with what: each row holds those below it. */
export function dominatorsTab(page: SnapshotPage): HTMLElement {
  return captioned(
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
  return captioned(table, caption);
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
  return captioned(table, caption);
}

export function cyclesTab(page: SnapshotPage): HTMLElement {
  const table = new Table<Cycle>({
    label: 'Cycles',
    columns: [
      { title: 'Cycle', cell: ({ sentence }) => element('span', { title: sentence }, sentence), wide: true },
      { title: 'Times', cell: (row) => number(row.cycles), numeric: true },
      { title: 'Objects', cell: ({ objects }) => number(objects), numeric: true },
      sizeColumn('Size', ({ bytes }) => bytes),
    ],
    load: (question) => page.host.ask('cycles', { ...question, alike: true }),
    open: ({ cycles, nodes, objects }) =>
      page.showObjects({
        title: cycles === 1 ? 'Objects of the cycle' : 'Objects of the largest of the cycles',
        nodes,
        count: nodes.length < mostOfCycle ? nodes.length : objects,
      }),
    empty: 'No unreachable cycle waits for the collector.',
  });
  return captioned(table, 'Objects that nothing refers to but each other. Only the garbage collector can free them; “Objects” counts what would go with them too.');
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
  return captioned(table, 'Objects with more references than Python objects account for: an extension module or the interpreter itself keeps them alive.');
}
