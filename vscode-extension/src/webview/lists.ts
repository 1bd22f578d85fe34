import { count, formatBytes } from '../shared/format';
import type { Cycle, Duplicate, Grouping, NativeRow, SparseRow, TypeRow } from '../shared/workerProtocol';
import { code, linkedColumns, number, objectCell, objectColumns, sizeColumn, typeColumns } from './columns';
import { button, choice, div, element, fill, textBox } from './dom';
import type { SnapshotPage } from './snapshotPage';
import { Table } from './table';

const typing = 250;

/** All types, or what else objects are grouped by; a row leads to its instances. */
export function typesTab(page: SnapshotPage): HTMLElement {
  let groupBy: Grouping = 'type';
  let filter = '';
  const body = div('stack');
  const redraw = () => {
    const columns = typeColumns({ type: 'Type', module: 'Module', package: 'Package', site: 'Allocated at' }[groupBy], page.bytes);
    const grouped = groupBy;
    const table = new Table({
      label: 'Types',
      columns,
      sortBy: 'retained',
      load: (question) => page.host.ask('types', { ...question, groupBy: grouped, ...(filter === '' ? {} : { filter }) }),
      open: (row) => page.showInstances(row, grouped),
      empty: filter === '' ? emptyGroups(grouped) : 'No name has that in it.',
    });
    fill(body, table.element);
    void table.reload();
  };
  const setFilter = (text: string) => {
    filter = text;
    redraw();
  };
  const setGrouping = (value: Grouping) => {
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
        { value: 'module', label: 'Module' },
        { value: 'package', label: 'Package' },
        { value: 'site', label: 'Allocation site' },
      ],
      groupBy,
      setGrouping,
    ),
  );
  redraw();
  return div('stack', bar, body);
}

function emptyGroups(grouping: Grouping): string {
  return grouping === 'site'
    ? 'The program did not write down where objects are allocated: launch it with "traceAllocations": 1 or more.'
    : 'There is nothing.';
}

/** Objects for which a small expression is true. */
export function queryTab(page: SnapshotPage): HTMLElement {
  const total = element('p', { class: 'caption', role: 'status' }, 'type, size, retained, refcount, length, name, path, value; and, or, not, contains; KB, MB, GB');
  const body = div('stack');
  const run = (query: string) => {
    if (query === '') {
      return;
    }
    const table = new Table({
      label: 'Objects found',
      columns: objectColumns(page.bytes, true),
      sortBy: 'retained',
      load: async (question) => {
        const found = await page.host.ask('query', { ...question, query });
        total.textContent = `${count(found.total, 'object')}, ${formatBytes(found.bytes)}`;
        return found;
      },
      open: ({ node }) => page.showObject(node),
      empty: 'It is true for no object.',
    });
    fill(body, table.element);
    void table.reload();
  };
  const box = textBox('Query', "type == 'Order' and retained > 1MB", run);
  const bar = div('bar query', box, button('Find', () => run(box.value.trim()), { class: 'primary' }));
  return div('stack', bar, total, body);
}

/** What would be freed with what: each row holds those below it. */
export function dominatorsTab(page: SnapshotPage): HTMLElement {
  return shown(
    new Table({
      label: 'Dominators',
      columns: linkedColumns(page.bytes).filter(({ title }) => title !== 'As'),
      load: ({ start, count: rows }) => page.host.ask('dominated', { start, count: rows }),
      below: ({ node }, { start, count: rows }) => page.host.ask('dominated', { node, start, count: rows }),
      open: ({ node }) => page.showObject(node),
      empty: 'There is nothing.',
    }),
    'Without an object, all that is below it would be freed too.',
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
      caption.textContent = `Equal values that are there more than once: ${formatBytes(found.wasted)} for nothing.`;
      return found;
    },
    open: ({ nodes: [first] }) => first !== undefined && page.showObject(first),
    empty: 'No value is there twice.',
  });
  return shown(table, caption);
}

export function sparseTab(page: SnapshotPage): HTMLElement {
  const caption = element('p', { class: 'caption' }, 'Containers with much more room than they use.');
  const table = new Table<SparseRow>({
    label: 'Sparse containers',
    columns: [
      { title: 'Container', cell: objectCell, wide: true },
      { title: 'Items', cell: ({ length }) => number(length), numeric: true },
      { title: 'Room for', cell: ({ capacity }) => number(capacity), numeric: true },
      sizeColumn('Wasted', ({ wasted }) => wasted),
    ],
    load: async (question) => {
      const found = await page.host.ask('sparse', question);
      caption.textContent = `Containers with much more room than they use: ${formatBytes(found.wasted)} for nothing.`;
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
      { title: 'Why', cell: ({ sentence }) => sentence, wide: true },
      { title: 'Objects', cell: ({ objects }) => number(objects), numeric: true },
      sizeColumn('Size', ({ bytes }) => bytes),
    ],
    load: (question) => page.host.ask('cycles', question),
    open: ({ nodes: [first] }) => first !== undefined && page.showObject(first),
    empty: 'No unreachable cycle waits for the collector.',
  });
  return shown(table, 'Objects that nothing refers to but each other, and that only the collector can free.');
}

export function nativeTab(page: SnapshotPage): HTMLElement {
  const table = new Table<NativeRow>({
    label: 'Held by native code',
    columns: [
      ...objectColumns<NativeRow>(page.bytes, false),
      { title: 'References', cell: (row) => number(row.count), numeric: true },
    ],
    load: (question) => page.host.ask('nativeHeld', question),
    open: ({ node }) => page.showObject(node),
    empty: 'All references are accounted for.',
  });
  return shown(table, 'Objects with more references than Python objects account for.');
}

/** The objects of one type, or of another group. */
export function instancesOf(page: SnapshotPage, { key, name }: TypeRow, groupBy: Grouping): HTMLElement {
  const table = new Table({
    label: `Instances of ${name}`,
    columns: objectColumns(page.bytes, true),
    sortBy: 'retained',
    load: (question) => page.host.ask('instances', { ...question, type: key, groupBy }),
    open: ({ node }) => page.showObject(node),
    empty: 'There are none.',
  });
  return shown(table, '');
}

function shown<R>(table: Table<R>, caption: string | HTMLElement): HTMLElement {
  void table.reload();
  const line = typeof caption === 'string' ? caption !== '' && element('p', { class: 'caption' }, caption) : caption;
  return div('stack', line, table.element);
}
