import { count, formatBytes } from '../shared/format';
import type { PageCommand, SnapshotTitle } from '../shared/pageMessages';
import type { Summary } from '../shared/workerProtocol';
import { objectDetails } from './details';
import { button, div, element, fill } from './dom';
import type { Host } from './host';
import { type Instances, type SomeObjects, instancesOf, instancesTitle, someObjects } from './instances';
import { cyclesTab, dominatorsTab, duplicatesTab, nativeTab, sparseTab, typesTab } from './lists';
import { queryTab } from './query';
import { summaryTab } from './summary';
import { Tabs } from './tabs';

/** What the pane at the side shows. */
type Aside =
  | { kind: 'object'; node: number }
  | ({ kind: 'instances' } & Instances)
  | { kind: 'objects'; some: SomeObjects };

/** One snapshot: tabs of tables, and a pane at the side for what was chosen in them. */
export class SnapshotPage {
  private readonly aside = element('aside', { class: 'details', 'aria-label': 'Details', hidden: true, tabindex: '-1' });
  private history: Aside[] = [];
  private readonly paths = new Map<number, Promise<string | undefined>>();
  private programBytes: number | undefined;
  private returnTo: Element | null = null;

  constructor(
    readonly host: Host,
    private readonly title: SnapshotTitle,
    private readonly root: HTMLElement,
  ) {}

  /** What a full bar stands for: the program's bytes; before they are known, all. */
  get bytes(): number {
    return this.programBytes ?? this.title.info.bytes;
  }

  /** What the file tells about how it was taken. */
  get meta(): Record<string, unknown> {
    return this.title.info.meta;
  }

  /** The path from a root to an object, asked for once; undefined where none leads there. */
  pathTo(node: number): Promise<string | undefined> {
    let path = this.paths.get(node);
    if (path === undefined) {
      path = this.host.ask('path', { node }).then(
        ({ expression }) => expression ?? undefined,
        () => undefined,
      );
      this.paths.set(node, path);
    }
    return path;
  }

  /** The summary is there. */
  summarized({ bytes }: Summary): void {
    this.programBytes = bytes;
  }

  draw(): void {
    const tabs = new Tabs(
      [
        { id: 'summary', title: 'Summary', make: () => summaryTab(this) },
        { id: 'types', title: 'Types', make: () => typesTab(this) },
        { id: 'query', title: 'Query', make: () => queryTab(this) },
        { id: 'dominators', title: 'Dominators', make: () => dominatorsTab(this) },
        { id: 'duplicates', title: 'Duplicates', make: () => duplicatesTab(this) },
        { id: 'sparse', title: 'Sparse', make: () => sparseTab(this) },
        { id: 'cycles', title: 'Cycles', make: () => cyclesTab(this) },
        { id: 'native', title: 'Native', make: () => nativeTab(this) },
      ],
      'Views of the snapshot',
    );
    fill(this.root, this.header(), div('split', tabs.element, this.aside));
    this.root.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
    tabs.show('summary');
  }

  showObject(node: number): void {
    this.push({ kind: 'object', node });
  }

  showInstances(instances: Instances): void {
    this.push({ kind: 'instances', ...instances });
  }

  showObjects(some: SomeObjects): void {
    this.push({ kind: 'objects', some });
  }

  private push(aside: Aside): void {
    if (this.aside.hidden) {
      this.returnTo = document.activeElement;
    }
    this.history.push(aside);
    this.drawAside();
  }

  private back(): void {
    this.history.pop();
    this.drawAside();
  }

  private close(): void {
    if (this.aside.hidden) {
      return;
    }
    this.history = [];
    this.drawAside();
    if (this.returnTo instanceof HTMLElement) {
      this.returnTo.focus();
    }
  }

  private drawAside(): void {
    const shown = this.history.at(-1);
    this.aside.hidden = shown === undefined;
    if (shown === undefined) {
      fill(this.aside);
      return;
    }
    const bar = div(
      'details-bar',
      button('‹ Back', () => this.back(), { disabled: this.history.length < 2 }),
      element('span', { class: 'details-title', title: titleOf(shown) }, titleOf(shown)),
      button('✕', () => this.close(), { 'aria-label': 'Close the details', title: 'Close (Escape)' }),
    );
    const hadFocus = this.aside.contains(document.activeElement);
    fill(this.aside, bar, this.bodyOf(shown));
    this.aside.scrollTop = 0;
    if (hadFocus) {
      this.aside.focus(); // the row that was chosen is gone, and the focus with it
    }
  }

  private bodyOf(shown: Aside): HTMLElement {
    switch (shown.kind) {
      case 'object':
        return objectDetails(this, shown.node);
      case 'instances':
        return instancesOf(this, shown);
      case 'objects':
        return someObjects(this, shown.some);
    }
  }

  private header(): HTMLElement {
    const { name, info } = this.title;
    const { meta, nodes, references, bytes, complete, notes } = info;
    const run = (command: PageCommand) => () => this.host.say({ kind: 'command', command });
    const facts = [
      count(nodes, 'object'),
      formatBytes(bytes),
      count(references, 'reference'),
      ...takenFacts(meta),
    ];
    return element(
      'header',
      {},
      div('title-line', element('h1', {}, labelOf(meta) ?? name), button('Compare…', run('compare')), button('Export…', run('export'))),
      element('p', { class: 'caption' }, facts.join(' · ')),
      !complete && element('p', { class: 'problem', role: 'alert' }, 'The snapshot is not complete.'),
      ...notes.map((note) => element('p', { class: 'caption note' }, note)),
    );
  }
}

function titleOf(aside: Aside): string {
  switch (aside.kind) {
    case 'object':
      return 'Object';
    case 'instances':
      return instancesTitle(aside.type.name, aside.grouping);
    case 'objects':
      return aside.some.title;
  }
}

function labelOf(meta: Record<string, unknown>): string | undefined {
  const label = meta['label'];
  return typeof label === 'string' && label !== '' ? label : undefined;
}

/** When and how it was taken, as far as the file tells. */
function takenFacts({ time, python, pid, pauseSeconds }: Record<string, unknown>): string[] {
  const facts: string[] = [];
  if (typeof time === 'string' && !Number.isNaN(Date.parse(time))) {
    facts.push(new Date(time).toLocaleString());
  }
  if (typeof python === 'string') {
    facts.push(`Python ${python.split(' ')[0] ?? python}`);
  }
  if (typeof pid === 'number') {
    facts.push(`process ${pid}`);
  }
  if (typeof pauseSeconds === 'number') {
    facts.push(`stood still for ${(pauseSeconds * 1000).toFixed(1)} ms`);
  }
  return facts;
}
