import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sideBySide } from '../../scripts/lib/side_by_side.mjs';

/** A job that waits to be let go. */
function job(title) {
  let goOn;
  const released = new Promise((resolve) => (goOn = resolve));
  return { title, goOn, run: async () => (await released, `${title} done`) };
}

test('results come in the order of the jobs, whichever ends first', async () => {
  const jobs = [job('one'), job('two'), job('three')];
  const ended = [];
  const all = sideBySide(jobs, ({ title }, result) => ended.push([title, result]));
  for (const each of jobs.toReversed()) each.goOn();
  await all;
  assert.deepEqual(ended, [
    ['one', 'one done'],
    ['two', 'two done'],
    ['three', 'three done'],
  ]);
});

test('a job that cannot run is an error', async () => {
  const broken = { title: 'broken', run: () => Promise.reject(new Error('no such command')) };
  await assert.rejects(sideBySide([broken], () => {}), /no such command/);
});
