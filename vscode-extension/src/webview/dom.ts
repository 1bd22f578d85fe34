/** Elements of a page, made in one expression. Text goes in as text: nothing of a snapshot is ever read as HTML. */

export type Child = Node | string | undefined | false;

type Attributes = Record<string, string | number | boolean | undefined>;

/** An element; an attribute that is false or undefined is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : String(value));
    }
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

export function div(className: string, ...children: Child[]): HTMLDivElement {
  return element('div', { class: className }, ...children);
}

export function button(label: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', act);
  return made;
}

/** A choice from a list; `act` is told the value. */
export function choice<V extends string>(
  label: string,
  options: readonly { value: V; label: string }[],
  chosen: V,
  act: (value: V) => void,
): HTMLLabelElement {
  const select = element(
    'select',
    {},
    ...options.map(({ value, label: text }) => element('option', { value, selected: value === chosen }, text)),
  );
  select.addEventListener('change', () => act(select.value as V));
  return element('label', { class: 'field' }, label, select);
}

/** A line of text that is acted upon with Enter, or `delay` milliseconds after the last key where one is given. */
export function textBox(label: string, placeholder: string, act: (text: string) => void, delay?: number): HTMLInputElement {
  const box = element('input', { type: 'text', 'aria-label': label, placeholder, spellcheck: 'false' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    clearTimeout(timer);
    act(box.value.trim());
  };
  box.addEventListener('keydown', (event) => event.key === 'Enter' && now());
  if (delay !== undefined) {
    box.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(now, delay);
    });
  }
  return box;
}

/** Replace what an element contains. */
export function fill(parent: HTMLElement, ...children: Child[]): void {
  parent.replaceChildren(...children.filter((child) => child !== undefined && child !== false));
}
