/** The page that compares two snapshots. */
import { count, formatBytes, signed, signedBytes } from '../shared/format';
import type { HostMessage, SnapshotTitle } from '../shared/pageMessages';
import type { ChangeRow, Changes, ComparisonGrouping } from '../shared/workerProtocol';
import { code, number } from './columns';
import { choice, div, element, fill, textBox } from './dom';
import type { Host } from './host';
import { start } from './start';
import { type Column, Table } from './table';

const typing = 250;

start((host, content, root) => {
  if (content.kind === 'comparison') {
    draw(host, content, root);
  }
});

function draw(host: Host, { before, after }: Extract<HostMessage, { kind: 'comparison' }>, root: HTMLElement): void {
  let groupBy: ComparisonGrouping = 'type';
  let filter = '';
  const totals = element('p', { class: 'caption', role: 'status' });
  const body = div('stack');
  const redraw = () => {
    const grouped = groupBy;
    const table = new Table<ChangeRow>({
      label: 'Changes',
      columns: columns({ type: 'Type', dominator: 'Kept alive by', site: 'Allocated at' }[grouped]),
      sortBy: 'sizeChange',
      load: async (question) => {
        const details = { ...question, groupBy: grouped, ...(filter === '' ? {} : { filter }) };
        const changes = await host.ask('compare', details);
        totals.textContent = totalsText(changes);
        return changes;
      },
      empty: filter === '' ? 'Nothing has changed.' : 'No name has that in it.',
    });
    fill(body, table.element);
    void table.reload();
  };
  const setFilter = (text: string) => {
    filter = text;
    redraw();
  };
  const setGrouping = (value: ComparisonGrouping) => {
    groupBy = value;
    redraw();
  };
  const bar = div(
    'bar',
    textBox('Filter by name', 'Filter by name', setFilter, typing),
    choice(
      'Group by',
      [
        { value: 'type', label: 'Type' },
        { value: 'dominator', label: 'Dominator' },
        { value: 'site', label: 'Allocation site' },
      ],
      groupBy,
      setGrouping,
    ),
  );
  const header = element(
    'header',
    {},
    element('h1', {}, 'What has changed'),
    element('p', { class: 'caption' }, `${facts(before)}  →  ${facts(after)}`),
    totals,
  );
  fill(root, header, div('stack padded', bar, body));
  redraw();
}

function facts({ name, info }: SnapshotTitle): string {
  return `${name} (${count(info.nodes, 'object')}, ${formatBytes(info.bytes)})`;
}

function totalsText({ totals, total }: Changes): string {
  const { countChange, sizeChange } = totals;
  return [
    count(total, 'row'),
    ...(countChange === undefined ? [] : [`${signed(countChange) || 'no more'} objects`]),
    ...(sizeChange === undefined ? [] : [signedBytes(sizeChange) || 'as many bytes']),
  ].join(' · ');
}

function columns(title: string): Column<ChangeRow>[] {
  return [
    { title, cell: ({ name }) => code(name), wide: true, sort: 'name' },
    { title: 'Before', cell: ({ countBefore }) => number(countBefore), numeric: true },
    { title: 'After', cell: ({ countAfter }) => number(countAfter), numeric: true },
    { title: 'Change', cell: ({ countChange }) => change(signed(countChange), countChange), numeric: true, sort: 'countChange' },
    { title: 'Size Before', cell: ({ sizeBefore }) => formatBytes(sizeBefore), numeric: true },
    { title: 'Size After', cell: ({ sizeAfter }) => formatBytes(sizeAfter), numeric: true },
    { title: 'Growth', cell: ({ sizeChange }) => change(signedBytes(sizeChange), sizeChange), numeric: true, sort: 'sizeChange' },
    {
      title: 'Retained Growth',
      cell: ({ retainedChange }) => retainedChange !== undefined && change(signedBytes(retainedChange), retainedChange),
      numeric: true,
    },
  ];
}

function change(text: string, amount: number): HTMLElement {
  return element('span', { class: amount > 0 ? 'grown' : amount < 0 ? 'shrunk' : 'same' }, text || '—');
}
