// Places in a program's text are named by what stands there, never by number.
import { readFileSync } from 'node:fs';

/** Line number (from 1) of the only line of `file` that contains `text`. */
export function lineWith(file, text) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  if (found.length !== 1) throw new Error(`${found.length} lines of ${file} contain ${text}`);
  return found[0];
}

/** [line, column] (from 1) of the first `word` in the only line of `file` that contains `text`. */
export function placeOf(file, text, word) {
  const line = lineWith(file, text);
  const start = readFileSync(file, 'utf8').split('\n')[line - 1].indexOf(word);
  if (start < 0) throw new Error(`Line ${line} of ${file} has no ${word}`);
  return [line, start + 1];
}
