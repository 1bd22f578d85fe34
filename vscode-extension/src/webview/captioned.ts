import { div, element } from './dom';
import type { Table } from './table';

/** A table that fills itself, below a line that says what is in it. */
export function captioned<R>(table: Table<R>, caption: string | HTMLElement): HTMLElement {
  void table.reload();
  const line = typeof caption === 'string' ? caption !== '' && element('p', { class: 'caption' }, caption) : caption;
  return div('stack', line, table.element);
}
