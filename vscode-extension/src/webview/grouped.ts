import { choice, div, element, fill, textBox } from './dom';
import { Table, type TableOptions } from './table';

const typing = 250;

/** What a table of groups shows, and how. */
export interface Grouped<G extends string, R> {
  /** The first of them is shown first. */
  groupings: readonly { value: G; label: string }[];
  table: (groupBy: G, filter: { filter?: string }) => Omit<TableOptions<R>, 'empty'>;
  /** What is to be known about a grouping, or why it has nothing to show. */
  note?: (groupBy: G) => string | undefined;
  /** Instead of rows, where there are none and nothing is filtered. */
  empty: string;
}

/** A table of groups of objects, with a box that filters them by name and a choice of what groups them. */
export function groupedTable<G extends string, R>(first: G, { groupings, table, note, empty }: Grouped<G, R>): HTMLElement {
  let groupBy = first;
  let filter = '';
  const body = div('stack');
  let shown: Table<R> | undefined;
  const redraw = () => {
    shown?.cancel();
    shown = new Table<R>({
      ...table(groupBy, filter === '' ? {} : { filter }),
      empty: filter === '' ? empty : 'No name has that in it.',
    });
    const remark = note?.(groupBy);
    fill(body, remark !== undefined && element('p', { class: 'caption' }, remark), shown.element);
    void shown.reload();
  };
  const setFilter = (text: string) => {
    if (text !== filter) {
      filter = text;
      redraw();
    }
  };
  const setGrouping = (value: G) => {
    groupBy = value;
    redraw();
  };
  const bar = div(
    'bar',
    textBox('Filter by name', 'Filter by name', setFilter, typing),
    choice('Group by', groupings, groupBy, setGrouping),
  );
  redraw();
  return div('stack', bar, body);
}

/** Why there are no allocation sites, where nothing was traced. `traced`: how many frames were written down. */
export function siteNote(groupBy: string, ...traced: unknown[]): string | undefined {
  return groupBy === 'site' && traced.some((frames) => frames === 0)
    ? 'Where objects were allocated was not written down: launch the program with "traceAllocations": 5, or choose “Trace Allocations…” at a stop before it is interesting.'
    : undefined;
}
