import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { unlessFresh } from '../../scripts/lib/stamps.mjs';

/** A folder with one source; `make` does the work unless it is fresh, and tells whether it was done. */
function workshop(t) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heapsight-stamps-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = path.join(folder, 'source');
  mkdirSync(source);
  writeFileSync(path.join(source, 'a.txt'), 'one');
  const make = (work = () => {}) => unlessFresh(path.join(folder, 'made', 'stamp'), { paths: [source], words: ['v1'] }, work);
  return { source, make };
}

test('work is done once for the same inputs', async (t) => {
  const { make } = workshop(t);
  assert.equal(await make(), true);
  assert.equal(await make(), false);
});

test('work is done again for changed, added and renamed files', async (t) => {
  const { source, make } = workshop(t);
  await make();
  writeFileSync(path.join(source, 'a.txt'), 'two');
  assert.equal(await make(), true);
  writeFileSync(path.join(source, 'b.txt'), '');
  assert.equal(await make(), true);
  rmSync(path.join(source, 'b.txt'));
  writeFileSync(path.join(source, 'c.txt'), '');
  assert.equal(await make(), true);
});

test('what is made inside a source folder is no input', async (t) => {
  const { source, make } = workshop(t);
  await make();
  mkdirSync(path.join(source, '__pycache__'));
  writeFileSync(path.join(source, '__pycache__', 'a.pyc'), '');
  assert.equal(await make(), false);
});

test('work that failed is done again', async (t) => {
  const { make } = workshop(t);
  const failing = make(() => {
    throw new Error('no luck');
  });
  await assert.rejects(failing, /no luck/);
  assert.equal(await make(), true);
});
