import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stories } from '../../scripts/lib/node_tests.mjs';

/** Each file's runs end as told; `said` has what was told a person, `ran` the files in turn. */
async function told(ends) {
  const said = [];
  const ran = [];
  const start = (_, args) => {
    const file = args.at(-1);
    ran.push(file);
    const [passed, failed] = ends[file].shift();
    return Promise.resolve({ code: failed ? 1 : 0, output: `ℹ pass ${passed}\nℹ fail ${failed}\nℹ cancelled 0\nℹ skipped 0\n` });
  };
  const counts = await stories(Object.keys(ends), {}, { say: (line) => said.push(line), start });
  return { counts, said, ran };
}

test('all passed: nothing is run again', async () => {
  const { counts, said, ran } = await told({ 'one.mjs': [[3, 0]], 'two.mjs': [[4, 0]] });
  assert.deepEqual(counts, { passed: 7, failed: 0, skipped: 0, unsteady: 0 });
  assert.deepEqual(ran, ['one.mjs', 'two.mjs']);
  assert.deepEqual(said, []);
});

test('failed and passed then: unsteady, and said', async () => {
  const { counts, said, ran } = await told({ 'one.mjs': [[1, 2], [3, 0]], 'two.mjs': [[4, 0]] });
  assert.deepEqual(counts, { passed: 7, failed: 0, skipped: 0, unsteady: 1 });
  assert.deepEqual(ran, ['one.mjs', 'one.mjs', 'two.mjs']);
  assert.match(said.at(-1), /one\.mjs: UNSTEADY: 2 failed at first/);
});

test('failed twice: failed', async () => {
  const { counts } = await told({ 'one.mjs': [[1, 2], [2, 1]] });
  assert.deepEqual(counts, { passed: 1, failed: 2, skipped: 0, unsteady: 0 });
});
