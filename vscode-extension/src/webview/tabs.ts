import { div, element, fill } from './dom';

export interface Tab {
  id: string;
  title: string;
  /** Made when it is first shown. */
  make(): HTMLElement;
}

/** Tabs as the ARIA pattern has them: arrows go from one to the next. */
export class Tabs {
  readonly element: HTMLElement;
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly panels = new Map<string, HTMLElement>();
  private readonly body = div('panel');

  constructor(
    private readonly tabs: readonly Tab[],
    label: string,
  ) {
    const strip = element('div', { role: 'tablist', 'aria-label': label, class: 'tabs' });
    for (const { id, title } of tabs) {
      const tab = element('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` }, title);
      tab.addEventListener('click', () => this.show(id));
      this.buttons.set(id, tab);
      strip.append(tab);
    }
    strip.addEventListener('keydown', (event) => this.onKey(event));
    this.element = div('tabbed', strip, this.body);
  }

  show(id: string): void {
    for (const [other, tab] of this.buttons) {
      tab.setAttribute('aria-selected', String(other === id));
      tab.tabIndex = other === id ? 0 : -1;
    }
    fill(this.body, this.panel(id));
  }

  private panel(id: string): HTMLElement | undefined {
    let panel = this.panels.get(id);
    if (panel === undefined) {
      const made = this.tabs.find((tab) => tab.id === id)?.make();
      panel = element('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` }, made);
      this.panels.set(id, panel);
    }
    return panel;
  }

  private onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = [...this.buttons];
    const at = all.findIndex(([, tab]) => tab === document.activeElement);
    const [id, tab] = step === undefined ? [] : (all[(at + step + all.length) % all.length] ?? []);
    if (id !== undefined && tab !== undefined) {
      this.show(id);
      tab.focus();
      event.preventDefault();
    }
  }
}
