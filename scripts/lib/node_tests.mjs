// Node's own test runner, and stories: files of tests through a whole editor, of which one that fails is run once more.
import { count } from './counts.mjs';
import { run } from './run.mjs';

// One file after the other: two workbenches at once on a small machine only make each other late. And no waiting for timers
// that guard what has ended already, as the test client's do.
const words = ['--test', '--test-concurrency=1', '--test-force-exit', '--test-reporter=spec'];

/** Run the files `files`; resolves to {passed, failed, skipped}. `start` runs a command, as `run` does. */
export async function nodeTests(files, env, start = run) {
  return count('node', await start(process.execPath, [...words, ...files], { show: true, check: false, env }));
}

/**
 * Run each of `files` by itself, and one that fails once more: what passes then is unsteady, not green. Resolves to {passed,
 * failed, skipped, unsteady}, `unsteady` in files.
 */
export async function stories(files, env, { say = console.log, start = run } = {}) {
  const total = { passed: 0, failed: 0, skipped: 0, unsteady: 0 };
  for (const file of files) {
    let counts = await nodeTests([file], env, start);
    if (counts.failed) {
      say(`\n${file} once more:\n`);
      const again = await nodeTests([file], env, start);
      if (again.failed === 0) {
        say(`${file}: UNSTEADY: ${counts.failed} failed at first, and passed then; the failure is above`);
        total.unsteady += 1;
        counts = again;
      }
    }
    for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key];
  }
  return total;
}
