/** The page that compares two snapshots. */
import { count, formatBytes, signed, signedBytes } from '../shared/format';
import type { HostMessage, PageCommand, SnapshotTitle } from '../shared/pageMessages';
import type { ChangeRow, Changes, ComparisonGrouping, NewObjects, ObjectRow } from '../shared/workerProtocol';
import { code, number, objectCell, sizeColumn } from './columns';
import { button, div, element, fill } from './dom';
import { groupedTable, siteNote } from './grouped';
import type { Host } from './host';
import { placeCell } from './places';
import { start } from './start';
import { type Column, Table } from './table';

const groupings = [
  { value: 'type', label: 'Type' },
  { value: 'module', label: 'Module' },
  { value: 'package', label: 'Package' },
  { value: 'dominator', label: 'Dominator' },
  { value: 'site', label: 'Allocation site' },
] as const satisfies { value: ComparisonGrouping; label: string }[];

const titles = { type: 'Type', module: 'Module', package: 'Package', dominator: 'Kept alive by', site: 'Allocated at' } as const;

start((host, content, root) => {
  if (content.kind === 'comparison') {
    draw(host, content, root);
  }
});

function draw(host: Host, { before, after }: Extract<HostMessage, { kind: 'comparison' }>, root: HTMLElement): void {
  const totals = element('p', { role: 'status' }, 'Comparing…');
  const aside = element('aside', { class: 'details', 'aria-label': 'New objects', hidden: true });
  const table = groupedTable<ComparisonGrouping, ChangeRow>('type', {
    groupings,
    table: (groupBy, filter) => ({
      label: 'Changes',
      open: (row) => showNew(host, aside, row, groupBy),
      columns: columns(titles[groupBy], groupBy === 'site' ? placeCell : code),
      sortBy: 'sizeChange',
      load: async (question, signal) => {
        const changes = await host.ask('compare', { ...question, groupBy, ...filter }, signal);
        fill(totals, totalsText(changes, filter.filter));
        return changes;
      },
    }),
    note: (groupBy) => siteNote(groupBy, before.info.meta['traced'], after.info.meta['traced']),
    empty: 'There is nothing.',
  });
  fill(root, header(host, before, after, totals), div('split', div('stack padded', table), aside));
  root.addEventListener('keydown', (event) => event.key === 'Escape' && close(aside));
}

/** The objects of a row that were not there before, at the side. */
function showNew(host: Host, aside: HTMLElement, row: ChangeRow, groupBy: ComparisonGrouping): void {
  const caption = element('p', { class: 'caption' });
  const table = new Table<ObjectRow>({
    label: `New objects of ${row.name}`,
    columns: [
      { title: 'Object', cell: (found) => objectCell(found), wide: true },
      sizeColumn('Size', ({ size }) => size, 'size'),
      sizeColumn('Retained', ({ retained }) => retained, 'retained'),
    ],
    sortBy: 'retained',
    load: async (question, signal) => {
      const found = await host.ask('new', { ...question, type: row.key, groupBy }, signal);
      caption.textContent = newText(found);
      return found;
    },
    open: ({ node }) => host.say({ kind: 'showObject', node }),
    empty: 'Nothing is known to be new.',
  });
  const title = `New in ${row.name}`;
  const bar = div(
    'details-bar',
    element('span', { class: 'details-title', title }, title),
    button('✕', () => close(aside), { 'aria-label': 'Close the details', title: 'Close (Escape)' }),
  );
  fill(aside, bar, caption, table.element);
  aside.hidden = false;
  void table.reload();
}

function close(aside: HTMLElement): void {
  aside.hidden = true;
  fill(aside);
}

function newText({ total, objects, bytes, sameProcess }: NewObjects): string {
  return sameProcess
    ? `${number(total)} of ${count(objects, 'object')}, ${formatBytes(bytes)}. One that lies where another of its type lay before is not told apart from it. A row leads to the object in its snapshot.`
    : `All ${count(objects, 'object')}, ${formatBytes(bytes)}: the snapshots are of two processes, whose objects cannot be told to be the same. A row leads to the object in its snapshot.`;
}

function header(host: Host, before: SnapshotTitle, after: SnapshotTitle, totals: HTMLElement): HTMLElement {
  const run = (command: PageCommand) => () => host.say({ kind: 'command', command });
  const link = ({ name, path }: SnapshotTitle, command: PageCommand) =>
    button(name, run(command), { class: 'link', title: `Open ${path}` });
  return element(
    'header',
    {},
    div(
      'title-line',
      element('h1', {}, 'What has changed'),
      button('Swap', run('swap'), { title: 'Compare the other way round' }),
    ),
    element('p', { class: 'caption' }, 'From ', link(before, 'openBefore'), ' to ', link(after, 'openAfter')),
    totals,
  );
}

/** `56,460 → 63,235 objects (+6,775) · 7.3 MB → 9.7 MB (+2.4 MB)`: the program's, or of what the filter leaves. */
function totalsText({ totals, unchanged = 0 }: Changes, filter: string | undefined): string {
  const { countBefore, countAfter, countChange, sizeBefore, sizeAfter, sizeChange } = totals;
  const objects = `${number(countBefore)} → ${count(countAfter, 'object')} (${signed(countChange) || 'no change'})`;
  const bytes = `${formatBytes(sizeBefore)} → ${formatBytes(sizeAfter)} (${signedBytes(sizeChange) || 'no change'})`;
  return `${filter === undefined ? 'The whole program' : 'Together'}: ${objects} · ${bytes}${unchanged > 0 ? ` · ${number(unchanged)} without a change are left out` : ''}`;
}

function columns(title: string, cell: (name: string) => HTMLElement): Column<ChangeRow>[] {
  return [
    { title, cell: ({ name }) => cell(name), wide: true, sort: 'name' },
    { title: 'Before', cell: ({ countBefore }) => number(countBefore), numeric: true },
    { title: 'After', cell: ({ countAfter }) => number(countAfter), numeric: true, sort: 'countAfter' },
    { title: 'Change', cell: ({ countChange }) => change(signed(countChange), countChange), numeric: true, sort: 'countChange' },
    { title: 'Size Before', cell: ({ sizeBefore }) => formatBytes(sizeBefore), numeric: true },
    { title: 'Size After', cell: ({ sizeAfter }) => formatBytes(sizeAfter), numeric: true, sort: 'sizeAfter' },
    { title: 'Growth', cell: ({ sizeChange }) => change(signedBytes(sizeChange), sizeChange), numeric: true, sort: 'sizeChange' },
    {
      title: 'Retained Growth',
      cell: ({ retainedChange }) => change(signedBytes(retainedChange), retainedChange),
      numeric: true,
      sort: 'retainedChange',
    },
  ];
}

function change(text: string, amount: number): HTMLElement {
  return element('span', { class: amount > 0 ? 'grown' : amount < 0 ? 'shrunk' : 'same' }, text || '—');
}
