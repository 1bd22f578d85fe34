import { count as counted } from '../shared/format';
import { type Child, button, div, element, fill } from './dom';

export interface Column<R> {
  title: string;
  cell: (row: R) => Child;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** What `sortBy` is for this column; without it the column does not sort. */
  sort?: string;
  /** The column that takes the room which is left. */
  wide?: boolean;
  /** From 0 to 1, drawn as a bar behind the cell. */
  share?: (row: R) => number;
}

export interface PageQuestion {
  start: number;
  count: number;
  sortBy?: string;
}

export interface TableOptions<R> {
  /** For those who cannot see it. */
  label: string;
  columns: Column<R>[];
  /** `signal` aborts when nobody waits for the answer any more. */
  load: (question: PageQuestion, signal: AbortSignal) => Promise<{ rows: R[]; total: number }>;
  /** Column that sorts first, if columns do. */
  sortBy?: string;
  /** Enter or a click on a row. */
  open?: (row: R) => unknown;
  /** The rows below a row; makes the table a tree. */
  below?: (row: R, question: PageQuestion) => Promise<{ rows: R[]; total: number }>;
  /** Instead of rows, where there are none. */
  empty: string;
  pageSize?: number;
}

interface Line<R> {
  row: R;
  element: HTMLTableRowElement;
  level: number;
  /** What is below it, once it has been opened. */
  lines: HTMLTableRowElement[];
  open: boolean;
}

const defaultPage = 50;
const belowPage = 25;

/** A table of rows that come page by page: sorted by its headings, walked through with the arrow keys. */
export class Table<R> {
  readonly element = div('table');
  private readonly body = element('tbody');
  private readonly head = element('thead');
  private readonly foot = div('pager');
  private readonly lines = new Map<HTMLTableRowElement, Line<R>>();
  private readonly table: HTMLTableElement;
  /** The row whose details are shown. */
  private chosen: HTMLTableRowElement | undefined;
  private start = 0;
  private total = 0;
  private sortBy: string | undefined;
  /** The question that is open; answers to earlier ones are out of date. */
  private asked = new AbortController();

  constructor(private readonly options: TableOptions<R>) {
    this.sortBy = options.sortBy;
    const role = options.below === undefined ? 'grid' : 'treegrid';
    this.table = element('table', { role, 'aria-label': options.label }, this.head, this.body);
    this.element.append(div('scroll', this.table), this.foot);
    this.table.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('click', (event) => this.onClick(event));
    this.drawHead();
  }

  /** Ask again, from the first row on. */
  async reload(): Promise<void> {
    this.start = 0;
    await this.load();
  }

  /** Nobody looks at it any more: what it waits for need not be found. */
  cancel(): void {
    this.asked.abort();
  }

  private get pageSize(): number {
    return this.options.pageSize ?? defaultPage;
  }

  private async load(): Promise<void> {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    this.table.setAttribute('aria-busy', 'true');
    if (this.lines.size === 0) {
      this.drawNote('Searching…', 'empty');
    }
    try {
      const page = await this.options.load(this.question(this.start, this.pageSize), signal);
      if (!signal.aborted) {
        this.total = page.total;
        this.drawRows(page.rows);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.total = 0;
        this.drawNote(error instanceof Error ? error.message : String(error), 'problem');
      }
    } finally {
      if (!signal.aborted) {
        this.table.removeAttribute('aria-busy');
        this.drawFoot();
      }
    }
  }

  private question(start: number, count: number): PageQuestion {
    return { start, count, ...(this.sortBy === undefined ? {} : { sortBy: this.sortBy }) };
  }

  private drawHead(): void {
    const cells = this.options.columns.map(({ title, numeric, sort, wide }) => {
      const sorted = sort !== undefined && sort === this.sortBy;
      const order = sort === 'name' ? 'ascending' : 'descending';
      const label =
        sort === undefined ? title : button(title, () => this.sort(sort), { class: 'heading', title: `Sort by ${title}` });
      return element(
        'th',
        { scope: 'col', class: classes({ numeric, wide, sorted }), 'aria-sort': sorted && order },
        label,
        sorted && element('span', { class: 'arrow', 'aria-hidden': 'true' }, order === 'ascending' ? ' ↑' : ' ↓'),
      );
    });
    fill(this.head, element('tr', {}, ...cells));
  }

  private sort(sortBy: string): void {
    this.sortBy = sortBy;
    this.drawHead();
    void this.reload();
  }

  private drawRows(rows: R[]): void {
    this.lines.clear();
    if (rows.length === 0) {
      this.drawNote(this.options.empty, 'empty');
      return;
    }
    fill(this.body, ...rows.map((row) => this.line(row, 1)));
    this.body.querySelector('tr')?.setAttribute('tabindex', '0');
  }

  private drawNote(text: string, className: string): void {
    this.lines.clear();
    fill(this.body, this.noteLine(text, className, 1));
  }

  private noteLine(text: string, className: string, level: number): HTMLTableRowElement {
    const cell = element('td', { colspan: this.options.columns.length, class: `note ${className}` }, text);
    cell.style.paddingInlineStart = `${indent(level)}px`;
    return element('tr', { class: 'note', role: className === 'problem' ? 'alert' : undefined }, cell);
  }

  private line(row: R, level: number): HTMLTableRowElement {
    const { columns, below, open } = this.options;
    const made = element('tr', {
      tabindex: '-1',
      class: open === undefined && below === undefined ? undefined : 'active',
      'aria-level': below && level,
      'aria-expanded': below && 'false',
    });
    made.append(...columns.map((column, index) => this.cell(row, column, index === 0 ? level : 0)));
    this.lines.set(made, { row, element: made, level, lines: [], open: false });
    return made;
  }

  private cell(row: R, { cell, numeric, wide, share }: Column<R>, level: number): HTMLTableCellElement {
    const made = element('td', { class: classes({ numeric, wide, gauge: share !== undefined }) });
    if (share !== undefined) {
      made.style.setProperty('--share', `${(Math.min(1, Math.max(0, share(row))) * 100).toFixed(1)}%`);
    }
    if (level > 0 && this.options.below !== undefined) {
      made.style.paddingInlineStart = `${indent(level)}px`;
      made.append(element('span', { class: 'twistie', 'aria-hidden': 'true' }));
    }
    const content = cell(row);
    if (content !== undefined && content !== false) {
      made.append(content);
    }
    return made;
  }

  private drawFoot(): void {
    const last = Math.min(this.total, this.start + this.pageSize);
    if (this.total <= this.pageSize) {
      fill(this.foot, this.total > 0 && element('span', {}, counted(this.total, 'row')));
      return;
    }
    const to = (start: number) => () => {
      this.start = start;
      void this.load();
    };
    const range = `${(this.start + 1).toLocaleString('en-US')}–${last.toLocaleString('en-US')} of ${this.total.toLocaleString('en-US')}`;
    fill(
      this.foot,
      button('‹ Previous', to(Math.max(0, this.start - this.pageSize)), { disabled: this.start === 0 }),
      element('span', { 'aria-live': 'polite' }, range),
      button('Next ›', to(this.start + this.pageSize), { disabled: last >= this.total }),
    );
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const row = target.closest('tr');
    const line = row === null ? undefined : this.lines.get(row);
    if (line === undefined || target.closest('button') !== null) {
      return;
    }
    this.focus(line.element);
    if (target.classList.contains('twistie') || this.options.open === undefined) {
      void this.toggle(line);
    } else {
      this.choose(line);
    }
  }

  private choose(line: Line<R>): void {
    this.chosen?.removeAttribute('aria-selected');
    this.chosen = line.element;
    this.chosen.setAttribute('aria-selected', 'true');
    this.options.open?.(line.row);
  }

  private onKey(event: KeyboardEvent): void {
    const { activeElement } = document;
    const line = activeElement instanceof HTMLTableRowElement ? this.lines.get(activeElement) : undefined;
    if (line !== undefined && this.act(event.key, line)) {
      event.preventDefault();
    }
  }

  private act(key: string, line: Line<R>): boolean {
    const sorted = [...this.body.querySelectorAll('tr')].filter((row) => this.lines.has(row));
    const at = sorted.indexOf(line.element);
    switch (key) {
      case 'ArrowDown':
        return this.focus(sorted[at + 1]);
      case 'ArrowUp':
        return this.focus(sorted[at - 1]);
      case 'Home':
        return this.focus(sorted[0]);
      case 'End':
        return this.focus(sorted.at(-1));
      case 'ArrowRight':
        return !line.open && this.toggles(line);
      case 'ArrowLeft':
        return line.open && this.toggles(line);
      case 'Enter':
      case ' ':
        if (this.options.open === undefined) {
          return this.toggles(line);
        }
        this.choose(line);
        return true;
      default:
        return false;
    }
  }

  private focus(row: HTMLTableRowElement | undefined): boolean {
    if (row !== undefined) {
      this.body.querySelectorAll('tr[tabindex="0"]').forEach((other) => other.setAttribute('tabindex', '-1'));
      row.setAttribute('tabindex', '0');
      row.focus();
    }
    return row !== undefined;
  }

  private toggles(line: Line<R>): boolean {
    void this.toggle(line);
    return this.options.below !== undefined;
  }

  private async toggle(line: Line<R>): Promise<void> {
    const { below } = this.options;
    if (below === undefined) {
      return;
    }
    line.open = !line.open;
    line.element.setAttribute('aria-expanded', String(line.open));
    if (line.open) {
      await this.showBelow(line);
    } else {
      this.hideBelow(line);
    }
  }

  private hideBelow(line: Line<R>): void {
    for (const row of line.lines) {
      const inner = this.lines.get(row);
      if (inner !== undefined) {
        this.hideBelow(inner);
        this.lines.delete(row);
      }
      row.remove();
    }
    line.lines = [];
  }

  private async showBelow(line: Line<R>): Promise<void> {
    const level = line.level + 1;
    try {
      const start = line.lines.filter((row) => this.lines.has(row)).length;
      const page = await this.options.below?.(line.row, this.question(start, belowPage));
      if (page === undefined || !line.open || !line.element.isConnected) {
        return;
      }
      const rows = page.rows.map((row) => this.line(row, level));
      const left = page.total - start - rows.length;
      if (start === 0 && rows.length === 0) {
        rows.push(this.noteLine('Nothing.', 'empty', level));
      }
      this.insert(line, rows);
      if (left > 0 && page.rows.length > 0) {
        this.insert(line, [this.moreLine(line, left, level)]);
      }
    } catch (error) {
      this.insert(line, [this.noteLine(error instanceof Error ? error.message : String(error), 'problem', level)]);
    }
  }

  private moreLine(line: Line<R>, left: number, level: number): HTMLTableRowElement {
    const more = this.noteLine('', 'empty', level);
    more.querySelector('td')?.append(
      button(`Show more (${left.toLocaleString('en-US')})`, () => {
        line.lines = line.lines.filter((row) => row !== more);
        more.remove();
        void this.showBelow(line);
      }),
    );
    return more;
  }

  /** Behind all that is below the line already. */
  private insert(line: Line<R>, rows: HTMLTableRowElement[]): void {
    this.lastBelow(line).after(...rows);
    line.lines.push(...rows);
  }

  private lastBelow(line: Line<R>): HTMLTableRowElement {
    const last = line.lines.at(-1);
    if (last === undefined) {
      return line.element;
    }
    const inner = this.lines.get(last);
    return inner === undefined ? last : this.lastBelow(inner);
  }
}

const indent = (level: number) => 8 + (level - 1) * 16;

function classes(which: Record<string, boolean | undefined>): string | undefined {
  const names = Object.keys(which).filter((name) => which[name]);
  return names.length === 0 ? undefined : names.join(' ');
}
