/** Lines of source, as snapshots write them: `path:line`. */
import { fileName } from '../shared/format';
import { code } from './columns';
import { button, element } from './dom';
import type { Host } from './host';

/** The file and line that a text names; undefined where it names no file that could be opened. */
export function placeOf(text: string): { path: string; line: number } | undefined {
  const colon = text.lastIndexOf(':');
  const path = text.slice(0, colon);
  const line = Number(text.slice(colon + 1));
  return colon > 0 && Number.isInteger(line) && !path.startsWith('<') ? { path, line } : undefined;
}

/** `shop.py:8`, and only then the folder: what is cut off where there is little room tells least. */
export function placeCell(text: string): HTMLElement {
  const place = placeOf(text);
  if (place === undefined) {
    return code(text);
  }
  const name = fileName(place.path);
  const cell = code(text);
  cell.replaceChildren(`${name}:${place.line}`, element('span', { class: 'known' }, place.path.slice(0, -name.length - 1)));
  return cell;
}

/** A line of source to jump to, where there is a file. */
export function placeLink(host: Host, text: string): HTMLElement {
  const place = placeOf(text);
  return place === undefined
    ? code(text)
    : button(`${fileName(place.path)}:${place.line}`, () => host.say({ kind: 'openSource', ...place }), { class: 'link code', title: text });
}
