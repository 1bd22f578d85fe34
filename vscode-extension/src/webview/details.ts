import { count, formatBytes } from '../shared/format';
import type { ObjectDetails, RootPath } from '../shared/workerProtocol';
import { code, linkedColumns, number, objectCell } from './columns';
import { type Child, button, div, element, fill } from './dom';
import { placeLink } from './places';
import type { SnapshotPage } from './snapshotPage';
import { pathLine } from './summary';
import { Table } from './table';

const roots: Readonly<Record<string, string>> = {
  module: 'a module',
  thread: 'a running thread',
  interpreter: 'the interpreter',
  own: 'Heapsight itself',
};

/** One object: what it is, how it is reached, what it refers to and what refers to it. */
export function objectDetails(page: SnapshotPage, node: number): HTMLElement {
  const root = div('details-body', div('waiting', 'Looking it up…'));
  Promise.all([page.host.ask('object', { node }), page.host.ask('path', { node })]).then(
    ([details, path]) => draw(root, page, details, path),
    (error: unknown) => fill(root, element('p', { class: 'problem', role: 'alert' }, String(error))),
  );
  return root;
}

function draw(root: HTMLElement, page: SnapshotPage, details: ObjectDetails, path: RootPath): void {
  fill(
    root,
    element('h2', { class: 'subject' }, objectCell(details)),
    facts(page, details),
    element('h3', {}, 'Path from a root'),
    ...pathRows(page, path),
    links(page, details.node, 'References', 'references', 'It refers to nothing.'),
    links(page, details.node, 'Referrers', 'referrers', 'No Python object refers to it.'),
    links(page, details.node, 'Would be freed with it', 'dominated', 'Nothing but itself.'),
  );
}

function facts(page: SnapshotPage, details: ObjectDetails): HTMLElement {
  const { size, retained, refcount, immortal, length, address, tracked, native, place, site, dominator, value } = details;
  const list = element('dl', { class: 'facts' });
  const fact = (name: string, ...what: Child[]) =>
    list.append(element('dt', {}, name), element('dd', {}, ...what));
  fact('Size', formatBytes(size));
  fact('Retained', `${formatBytes(retained)}${page.bytes > 0 ? ` · ${percent(retained / page.bytes)} of the heap` : ''}`);
  fact('References', immortal || refcount === null ? 'immortal' : number(refcount), native > 0 && ` (${native} of native code)`);
  if (length !== undefined) {
    fact('Length', number(length));
  }
  if (value !== undefined) {
    fact('Value', code(value));
  }
  const hex = typeof address === 'number' ? `0x${address.toString(16)}` : address;
  if (hex !== '0x0') {
    // A thread, or what else stands for no object of Python's, has none, and the collector knows nothing of it.
    fact('Address', code(hex));
    fact('Collector', tracked ? 'knows it: it can be part of a cycle' : 'does not know it: it cannot be part of a cycle');
  }
  if (place !== undefined) {
    fact('Source', placeLink(page.host, `${place.path}:${place.line}`));
  }
  if (site !== undefined) {
    fact('Allocated at', ...callers(page, site));
  }
  if (dominator !== undefined && dominator !== null) {
    const link = button('one object', () => page.showObject(dominator), { class: 'link code' });
    void page.pathTo(dominator).then((path) => path !== undefined && link.replaceChildren(path));
    fact('Kept alive by', link);
  }
  return list;
}

/** Where an object was allocated, and below it the lines that called, from the inside out. */
function callers(page: SnapshotPage, site: string): HTMLElement[] {
  return site.split('\n').map((place, depth) => div(depth === 0 ? 'caller' : 'caller outer', placeLink(page.host, place)));
}

function percent(share: number): string {
  const text = (share * 100).toFixed(1);
  return text === '0.0' ? '< 0.1 %' : `${text} %`;
}

function pathRows(page: SnapshotPage, { steps, expression, root, pasteable, omitted }: RootPath): HTMLElement[] {
  if (steps.length === 0 && expression === null) {
    return [element('p', { class: 'empty' }, 'No root leads to it: it is garbage, or native code holds it.')];
  }
  const list = element(
    'ol',
    { class: 'steps' },
    ...steps.map(({ node, label, text }) =>
      element('li', {}, code(label), button(text, () => page.showObject(node), { class: 'link' })),
    ),
  );
  const remarks = [
    root !== null && root !== '' && `It begins at ${roots[root] ?? root}.`,
    pasteable === false && 'It goes through something that no expression reaches: for reading, not for pasting.',
    omitted !== undefined && `${count(omitted.count, 'step')} in the middle are left out.`,
  ].filter((remark) => remark !== false);
  const caption = remarks.length > 0 ? element('p', { class: 'caption' }, remarks.join(' ')) : undefined;
  return [
    ...(expression === null ? [] : [pathLine(page, expression)]),
    ...(caption === undefined ? [] : [caption]),
    element('details', {}, element('summary', {}, count(steps.length, 'step')), list),
  ];
}

/** A table that is asked for when it is unfolded. */
function links(
  page: SnapshotPage,
  node: number,
  title: string,
  question: 'references' | 'referrers' | 'dominated',
  empty: string,
): HTMLElement {
  const made = element('details', { class: 'links' }, element('summary', {}, title));
  const table = new Table({
    label: title,
    columns: linkedColumns(page.bytes).filter((column) => question !== 'dominated' || column.title !== 'As'),
    load: ({ start, count: rows }) => page.host.ask(question, { node, start, count: rows }),
    open: (row) => page.showObject(row.node),
    empty,
    pageSize: 20,
  });
  made.append(table.element);
  made.addEventListener('toggle', () => made.open && void table.reload(), { once: true });
  made.open = question === 'referrers';
  return made;
}
