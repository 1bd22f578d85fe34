import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pytest } from '../../scripts/lib/pytest.mjs';

/** A command that ends each time as the next of `ends` says; `calls` has its arguments. */
function scripted(...ends) {
  const calls = [];
  const start = (_, args) => {
    calls.push(args);
    const [code, output, killedBy] = ends.shift();
    return Promise.resolve({ code, output, killedBy });
  };
  return { calls, start };
}

const running = (start) => pytest('python', '3.11, the rest', ['tests'], { show: () => {}, env: {}, start });

test('all passed: nothing is run again', async () => {
  const { calls, start } = scripted([0, '9 passed in 1s']);
  assert.deepEqual(await running(start), { passed: 9, failed: 0, skipped: 0, unsteady: 0 });
  assert.equal(calls.length, 1);
});

test('failed and passed alone: unsteady, and said', async () => {
  const { calls, start } = scripted([1, '1 failed, 8 passed in 1s'], [0, '1 passed in 1s']);
  const { complaint, ...counts } = await running(start);
  assert.deepEqual(counts, { passed: 9, failed: 0, skipped: 0, unsteady: 1 });
  assert.match(complaint, /1 failed at first/);
  assert.ok(calls[1].includes('--last-failed'));
  assert.equal(calls[0][4], calls[1][4]);
});

test('failed twice: failed', async () => {
  const { start } = scripted([1, '2 failed, 7 passed in 1s'], [1, '1 failed, 1 passed in 1s']);
  assert.deepEqual(await running(start), { passed: 7, failed: 2, skipped: 0, unsteady: 0 });
});

test('fewer run again than failed: failed', async () => {
  const { start } = scripted([1, '1 failed, 7 passed, 1 error in 1s'], [0, '1 passed in 1s']);
  assert.equal((await running(start)).failed, 2);
});

test('many failed: not run again', async () => {
  const { calls, start } = scripted([1, '4 failed, 5 passed in 1s']);
  assert.equal((await running(start)).failed, 4);
  assert.equal(calls.length, 1);
});

test('pytest died: not run again, and said', async () => {
  const { calls, start } = scripted([1, '....', 'SIGSEGV']);
  const { failed, complaint } = await running(start);
  assert.equal(failed, 1);
  assert.match(complaint, /SIGSEGV/);
  assert.equal(calls.length, 1);
});
