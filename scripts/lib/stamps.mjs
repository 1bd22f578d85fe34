// "Was this already made from these inputs?" A stamp is a file that holds the hash of the inputs it was made from.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ignored = new Set(['node_modules', '__pycache__', 'dist', 'out', 'bundled', '.git']);

function* files(entry) {
  const found = statSync(entry, { throwIfNoEntry: false });
  if (found?.isFile()) yield entry;
  else if (found) {
    for (const child of readdirSync(entry, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!ignored.has(child.name)) yield* files(path.join(entry, child.name));
    }
  }
}

/** One hash over files, folders (without what is made in them) and plain words, by content. A missing file counts as nothing. */
export function fingerprint({ paths = [], words = [] }) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const entry of paths) {
    for (const file of files(entry)) hash.update(`${path.relative(entry, file)}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function read(stamp) {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether `stamp` was written for these inputs. */
export const isFresh = (stamp, inputs) => read(stamp) === fingerprint(inputs);

/** Do `work` unless its stamp is fresh; the stamp is written only after the work succeeded. True when it was done. */
export async function unlessFresh(stamp, inputs, work) {
  if (isFresh(stamp, inputs)) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint(inputs));
  return true;
}
