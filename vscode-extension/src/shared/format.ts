/** Numbers and texts as they are shown. */

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `88 B`, `1.2 kB`, `12.4 MB`: powers of 1,000, as in the summaries that the adapter writes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `1 object`, `2 objects`, `12,345 objects`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural}`;
}

/** `+12`, `−3`, and nothing for 0. */
export function signed(number: number): string {
  return number === 0 ? '' : `${sign(number)}${Math.abs(number).toLocaleString('en-US')}`;
}

/** `+1.1 kB`, `−48 B`, and nothing for 0. */
export function signedBytes(bytes: number): string {
  return bytes === 0 ? '' : `${sign(bytes)}${formatBytes(Math.abs(bytes))}`;
}

function sign(number: number): string {
  return number < 0 ? '−' : '+';
}

/** The text on one line, and at most `limit` characters of it. */
export function oneLine(text: string, limit = 200): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** A fenced block that the text cannot close. */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Text that markdown shows as it is. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&$]/g, '\\$&');
}

/** The last part of a path with either kind of separator. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}
