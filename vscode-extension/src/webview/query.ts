import { count, formatBytes } from '../shared/format';
import { objectColumns } from './columns';
import { type Child, button, div, element, fill, textBox } from './dom';
import type { SnapshotPage } from './snapshotPage';
import { Table } from './table';

const examples = [
  "type == 'dict' and length > 1000",
  "retained > 100kB and not type == 'module'",
  "path contains 'CACHE'",
  "module startswith 'my_package' and native > 0",
];

/** Objects for which a small expression is true. */
export function queryTab(page: SnapshotPage): HTMLElement {
  const total = element('p', { class: 'caption', role: 'status' });
  const body = div('stack');
  let shown: ReturnType<typeof found> | undefined;
  const run = (query: string) => {
    if (query !== '') {
      // A search through a large heap takes its time: the one before need not end first.
      shown?.cancel();
      shown = found(page, query, total);
      total.textContent = '';
      help.open = false;
      fill(body, shown.element);
      void shown.reload();
    }
  };
  const box = textBox('Query', examples[0] ?? '', run);
  const bar = div('bar query', box, button('Find', () => run(box.value.trim()), { class: 'primary' }));
  const help = language((example) => {
    box.value = example;
    box.focus();
    run(example);
  });
  return div('stack', bar, help, total, body);
}

function found(page: SnapshotPage, query: string, total: HTMLElement) {
  return new Table({
    label: 'Objects found',
    columns: objectColumns(page, true),
    sortBy: 'retained',
    load: async (question, signal) => {
      const answer = await page.host.ask('query', { ...question, query }, signal);
      total.textContent = `${count(answer.total, 'object')}, ${formatBytes(answer.bytes)}`;
      return answer;
    },
    open: ({ node }) => page.showObject(node),
    empty: 'It is true for no object.',
  });
}

/** The whole language on a few lines. `use` is given an example that was chosen. */
function language(use: (example: string) => void): HTMLDetailsElement {
  const list = element('dl', { class: 'facts' });
  const line = (name: string, ...what: Child[]) => list.append(element('dt', {}, name), element('dd', {}, ...what));
  const words = (text: string) => element('code', {}, text);
  line('Texts', words('type, module, name, text, path, site'));
  line('Numbers', words('size, retained, refcount, length, native'));
  line('Comparisons', words('== != < <= > >= contains startswith matches'));
  line('Together', words('and, or, not, ( )'));
  line('Values', words("'text', 42, 500kB, 1MB, 2GiB"));
  line('Examples', div('examples', ...examples.map((example) => button(example, () => use(example), { class: 'link code' }))));
  return element('details', { open: true }, element('summary', {}, 'What can be asked'), list);
}
