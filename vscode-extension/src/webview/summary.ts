import { count, formatBytes } from '../shared/format';
import type { Share, Suspect, Summary } from '../shared/workerProtocol';
import { typeColumns } from './columns';
import { button, div, element, fill } from './dom';
import type { SnapshotPage } from './snapshotPage';
import { Table } from './table';

/** What a person wants to know first: how much there is, and what looks like a leak. */
export function summaryTab(page: SnapshotPage): HTMLElement {
  const root = div('summary', div('waiting', 'Computing retained sizes…'));
  page.host.ask('summary', {}).then(
    (summary) => draw(root, page, summary),
    (error: unknown) => fill(root, element('p', { class: 'problem', role: 'alert' }, String(error))),
  );
  return root;
}

function draw(root: HTMLElement, page: SnapshotPage, summary: Summary): void {
  page.summarized(summary);
  const types = new Table({
    label: 'Types that retain most',
    columns: typeColumns('Type', summary.bytes, { sorts: false }),
    load: () => Promise.resolve({ rows: summary.topTypes, total: summary.topTypes.length }),
    open: (type) => page.showInstances({ type, grouping: 'type' }),
    empty: 'There are no types.',
  });
  void types.reload();
  const suspects =
    summary.suspects.length === 0
      ? [element('p', { class: 'empty' }, 'Nothing holds an unusual part of the heap.')]
      : summary.suspects.map((suspect) => suspectCard(page, suspect));
  fill(
    root,
    div(
      'figures',
      figure('The program', summary, 'All that the program has, the next two included.'),
      figure('Unreachable', summary.unreachable, 'Cycles that nothing refers to; the collector would free them.'),
      figure('Held by native code', summary.native, 'Reached only from what native code keeps.'),
      figure('Heapsight itself', summary.own, 'What only the debugger holds. Not counted elsewhere.'),
    ),
    element('h2', {}, 'Leak suspects'),
    ...suspects,
    element('h2', {}, 'Types that retain most'),
    types.element,
  );
}

function figure(title: string, { bytes, objects }: Share, explanation: string): HTMLElement {
  return element(
    'div',
    { class: 'figure' },
    div('figure-title', title),
    div('figure-value', formatBytes(bytes)),
    div('figure-detail', count(objects, 'object')),
    div('figure-detail explanation', explanation),
  );
}

function suspectCard(page: SnapshotPage, suspect: Suspect): HTMLElement {
  const { title, sentence, share, retained, path, accumulation, node } = suspect;
  const bar = div('share');
  bar.style.setProperty('--share', `${(share * 100).toFixed(1)}%`);
  const percent = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const card = element(
    'section',
    { class: 'suspect', 'aria-label': title },
    div('suspect-head', element('h3', {}, title), element('span', { class: 'weight' }, `${formatBytes(retained)} · ${percent}`)),
    bar,
    element('p', {}, sentence),
    pathLine(page, path),
  );
  const buttons = div('buttons', button('Show the object', () => page.showObject(node)));
  if (accumulation.node !== node) {
    buttons.append(button('Show where it accumulates', () => page.showObject(accumulation.node)));
  }
  if (accumulation.path !== path && accumulation.path !== '') {
    card.append(div('caption', 'It accumulates in'), pathLine(page, accumulation.path));
  }
  card.append(buttons);
  return card;
}

/** An expression that can be copied. */
export function pathLine(page: SnapshotPage, expression: string): HTMLElement {
  return div(
    'path',
    element('code', { tabindex: '0' }, expression),
    button('Copy', () => page.host.say({ kind: 'copy', text: expression }), { 'aria-label': `Copy ${expression}` }),
  );
}
