/** The page that compares two snapshots. */
import { count, formatBytes, signed, signedBytes } from '../shared/format';
import type { HostMessage, PageCommand, SnapshotTitle } from '../shared/pageMessages';
import type { ChangeRow, Changes, ComparisonGrouping } from '../shared/workerProtocol';
import { code, number } from './columns';
import { button, div, element, fill } from './dom';
import { groupedTable, siteNote } from './grouped';
import type { Host } from './host';
import { placeCell } from './places';
import { start } from './start';
import type { Column } from './table';

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
  const table = groupedTable<ComparisonGrouping, ChangeRow>('type', {
    groupings,
    table: (groupBy, filter) => ({
      label: 'Changes',
      columns: columns(titles[groupBy], groupBy === 'site' ? placeCell : code),
      sortBy: 'sizeChange',
      load: async (question, signal) => {
        const changes = await host.ask('compare', { ...question, groupBy, ...filter }, signal);
        totals.textContent = totalsText(changes, filter.filter);
        return changes;
      },
    }),
    note: (groupBy) => siteNote(groupBy, before.info.meta['traced'], after.info.meta['traced']),
    empty: 'There is nothing.',
  });
  fill(root, header(host, before, after, totals), div('stack padded', table));
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
function totalsText({ totals }: Changes, filter: string | undefined): string {
  const { countBefore, countAfter, countChange, sizeBefore, sizeAfter, sizeChange } = totals;
  const objects = `${number(countBefore)} → ${count(countAfter, 'object')} (${signed(countChange) || 'no change'})`;
  const bytes = `${formatBytes(sizeBefore)} → ${formatBytes(sizeAfter)} (${signedBytes(sizeChange) || 'no change'})`;
  return `${filter === undefined ? 'The whole program' : 'Together'}: ${objects} · ${bytes}`;
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
