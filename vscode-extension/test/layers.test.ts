import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

// Run in the extension's folder by npm.
const source = path.resolve('src');

test('features meet in extension.ts only', () => {
  const shared = new Set(['common', 'shared']);
  const wrong: string[] = [];
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    const own = file.split(path.sep)[0]!;
    for (const [, target] of readFileSync(path.join(source, file), 'utf8').matchAll(/from '(\.[^']*)'/g)) {
      const other = path.relative(source, path.resolve(source, path.dirname(file), target!)).split(path.sep)[0]!;
      const allowed = other === own || shared.has(other) || own === 'extension.ts';
      if (!allowed || (own === 'shared' && other !== 'shared')) {
        wrong.push(`${file} imports ${target!}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});
