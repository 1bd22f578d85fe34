import { oneLine } from '../../shared/format';
import type { Histogram, HistogramRow, TypeNamed, WatchAction } from '../../shared/heapProtocol';
import { InstanceList } from './instanceList';
import type { HeapLink } from './link';
import type { HeapNode, InstanceNode, TypeNode, WatchNode, WatchesNode } from './nodes';
import type { HeapOptions } from './options';
import { Watches, watchMessage } from './watches';

const pageSize = 100;

/** What the view shows of one debug session. */
export interface ShownHeap {
  types: HeapNode[];
  /** Those whose new instances are watched, shown or not. */
  watches: WatchesNode[];
  /** What all types together amount to; undefined before the first answer. */
  histogram: Histogram | undefined;
  /** False: it is as of an earlier stop. */
  current: boolean;
  /** A sentence above the rows. */
  message: string | undefined;
}

/** The histogram of one debug session, from stop to stop. */
export class Heap {
  private histogram: Histogram | undefined;
  private types: TypeNode[] = [];
  private stopped = true;
  private current = false;
  private message: string | undefined;
  /** Answers to questions that were asked before the last event are out of date. */
  private generation = 0;
  /** By qualified name, so that they hold at later stops too. */
  private readonly filters = new Map<string, string>();
  private readonly watches = new Watches();

  constructor(
    private readonly link: HeapLink,
    private readonly options: HeapOptions,
    private readonly changed: () => void,
  ) {}

  get shown(): ShownHeap {
    const { histogram, current, message } = this;
    return { types: this.rows(), watches: this.watches.nodes(), histogram, current, message };
  }

  /** Whether the present stop has been looked at. */
  get isCurrent(): boolean {
    return this.current;
  }

  /** Ask for the histogram of this stop; as many types as are shown. */
  async refresh(): Promise<void> {
    if (!this.stopped) {
      this.say('The program is running: pause it, or let it stop at a breakpoint.');
      return;
    }
    const generation = ++this.generation;
    try {
      const answer = await this.link.histogram(this.question(0, Math.max(pageSize, this.types.length)));
      if (generation === this.generation) {
        this.histogram = answer;
        this.types = this.nodesOf(answer.rows);
        this.current = true;
        this.say(this.remark(answer));
      }
    } catch (error) {
      if (generation === this.generation) {
        this.say(`The heap cannot be shown: ${messageOf(error)}`);
      }
    }
  }

  /** The next page of the types. */
  async more(): Promise<void> {
    if (!this.stopped || this.histogram === undefined) {
      return;
    }
    const generation = ++this.generation;
    try {
      const answer = await this.link.histogram(this.question(this.histogram.rows.length, pageSize));
      if (generation === this.generation) {
        const rows = [...this.histogram.rows, ...answer.rows];
        // An empty page ends the list, whatever the total says.
        this.histogram = { ...answer, rows, total: answer.rows.length === 0 ? rows.length : answer.total };
        this.types = [...this.types, ...this.nodesOf(answer.rows, this.types.length)];
        this.changed();
      }
    } catch (error) {
      if (generation === this.generation) {
        this.say(messageOf(error));
      }
    }
  }

  /** Later changes are told as against this moment. */
  async mark(): Promise<void> {
    if (!this.stopped) {
      this.say('The program is running: only a moment at which it stands still can be marked.');
      return;
    }
    try {
      await this.link.mark();
      this.options.compareWith = 'mark';
      await this.refresh();
    } catch (error) {
      this.say(messageOf(error));
    }
  }

  /** The rows below a type. */
  async instancesOf(node: TypeNode): Promise<HeapNode[]> {
    if (this.current) {
      await node.list.load();
    }
    return instanceRows(node);
  }

  /** The next page of a type's instances. */
  async moreOf(node: TypeNode): Promise<void> {
    if (this.current) {
      await node.list.more();
    }
  }

  filterOf(node: TypeNode): string {
    return this.filters.get(node.row.qualifiedName) ?? '';
  }

  /** Show only those instances of a type for which a Python expression over `obj` is true; an empty one: all. Returns its new row. */
  filterInstances(node: TypeNode, expression: string): TypeNode | undefined {
    if (expression === '') {
      this.filters.delete(node.row.qualifiedName);
    } else {
      this.filters.set(node.row.qualifiedName, expression);
    }
    this.renew(node);
    return this.types.find(({ id }) => id === node.id);
  }

  /** Stop at new instances of a type, write down where they come from, or neither. */
  watch(node: TypeNode | WatchNode, action: WatchAction): Promise<void> {
    return node.kind === 'type'
      ? this.watchType({ type: node.row.type }, node.row.qualifiedName, action)
      : this.watchType({ typeName: node.typeName }, node.typeName, action);
  }

  /** The same for a type by its name, whether it is shown or not. */
  watchNamed(typeName: string, action: WatchAction): Promise<void> {
    return this.watchType({ typeName }, typeName, action);
  }

  /** The program has stopped: what is shown is of an earlier stop until it is asked for. */
  onStopped(): void {
    this.generation++;
    this.stopped = true;
  }

  /** The program goes on. Nobody is told yet: most steps are short. */
  onResumed(): void {
    this.generation++;
    this.stopped = false;
    this.current = false;
  }

  /** It has been running for a while. */
  showRunning(): void {
    if (!this.stopped) {
      this.say(this.histogram === undefined ? 'The program is running.' : 'Running. As of the last stop.');
    }
  }

  private async watchType(type: TypeNamed, name: string, action: WatchAction): Promise<void> {
    try {
      const watched = await this.link.watchType({ ...type, action });
      this.watches.enter(watched);
      this.types = this.types.map((node) => (node.row.qualifiedName === watched.typeName ? this.nodeOf(node.id, node.row) : node));
      this.say(watchMessage(watched));
    } catch (error) {
      this.say(`${name}: ${messageOf(error)}`);
    }
  }

  private question(start: number, count: number) {
    const { sortBy, compareWith, filter } = this.options;
    return { sortBy, compareWith, ...(filter === '' ? {} : { filter }), start, count };
  }

  private remark({ complete, rows, comparedWith }: Histogram): string | undefined {
    const remarks = [
      complete ? '' : 'The walk over the heap ended at its budget: there is more.',
      this.options.compareWith === 'mark' && comparedWith === null ? 'No moment is marked yet: “Mark This Moment”.' : '',
      rows.length === 0 && this.options.filter !== '' ? `No type has “${oneLine(this.options.filter, 40)}” in its name.` : '',
    ].filter(Boolean);
    return remarks.length > 0 ? remarks.join(' ') : undefined;
  }

  private nodesOf(rows: HistogramRow[], before = 0): TypeNode[] {
    const seen = new Map<string, number>();
    this.types.slice(0, before).forEach(({ row }) => seen.set(row.qualifiedName, (seen.get(row.qualifiedName) ?? 0) + 1));
    return rows.map((row) => {
      const time = seen.get(row.qualifiedName) ?? 0;
      seen.set(row.qualifiedName, time + 1);
      return this.nodeOf(`${row.qualifiedName}#${time}`, row);
    });
  }

  private nodeOf(id: string, row: HistogramRow): TypeNode {
    const list = new InstanceList(this.link, row.type, this.filters.get(row.qualifiedName));
    return { kind: 'type', id, parent: undefined, row, list, watched: this.watches.actionOf(row.qualifiedName) };
  }

  private renew(node: TypeNode): void {
    this.types = this.types.map((other) => (other.id === node.id ? this.nodeOf(node.id, node.row) : other));
    this.changed();
  }

  private rows(): HeapNode[] {
    const missing = (this.histogram?.total ?? 0) - this.types.length;
    return missing > 0 && this.current
      ? [...this.types, { kind: 'more', id: 'more', parent: undefined, missing }]
      : this.types;
  }

  private say(message: string | undefined): void {
    this.message = message;
    this.changed();
  }
}

function instanceRows(node: TypeNode): HeapNode[] {
  const { list } = node;
  const rows: HeapNode[] = [];
  const note = (text: string, icon: 'info' | 'filter' | 'warning') =>
    rows.push({ kind: 'note', id: `${node.id}/note${rows.length}`, parent: node, text, icon });
  if (list.filter !== undefined) {
    note(filterText(node.row, list), 'filter');
  }
  rows.push(
    ...list.items.map((instance): InstanceNode => ({
      kind: 'instance',
      id: `${node.id}/${instance.object}`,
      parent: node,
      instance,
    })),
  );
  if (list.missing > 0) {
    rows.push({ kind: 'more', id: `${node.id}/more`, parent: node, missing: list.missing });
  }
  if (list.failure !== undefined) {
    note(list.failure, 'warning');
  } else if (list.isLoaded && list.items.length === 0) {
    note(list.filter === undefined ? 'There are none any more.' : 'The filter is true for none of them.', 'info');
  }
  if (list.error !== undefined || list.failed > 0) {
    const times = list.failed > 0 ? ` for ${list.failed.toLocaleString('en-US')} of them` : '';
    note(`The filter failed${times}: ${list.error ?? 'an exception'}`, 'warning');
  }
  if (!list.complete) {
    note('The search ended at its budget: there may be more.', 'info');
  }
  return rows;
}

/** `12 of 300 where len(obj.items) > 3`. */
function filterText({ count }: HistogramRow, { filter = '', total }: InstanceList): string {
  const matching = total === undefined ? '' : `${total.toLocaleString('en-US')} of ${count.toLocaleString('en-US')} `;
  return `${matching}where ${filter}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
