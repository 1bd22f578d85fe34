// pytest, which runs a few failed tests once more, alone: what passes then is unsteady, not green.
import path from 'node:path';
import { count } from './counts.mjs';
import { build } from './paths.mjs';
import { run } from './run.mjs';

// More than these did not fail by chance, and what they have to say is said already.
const fewest = 3;

/**
 * Run pytest; resolves to {passed, failed, skipped, unsteady, complaint}. `name` is unlike that of any other run: what failed is
 * kept under it. `complaint`: what pytest's own output does not tell, if anything. `start` runs a command, as `run` does.
 */
export async function pytest(executable, name, args, { show, env, start = run }) {
  // Each its own: what failed elsewhere at the same time is no business of this run.
  const cache = path.join(build, 'pytest', name.replaceAll(/[^\w.]+/g, '-'));
  const words = ['-m', 'pytest', '-q', '-o', `cache_dir=${cache}`];
  const ended = await start(executable, [...words, ...args], { show, env, check: false });
  const counts = { ...count('pytest', ended), unsteady: 0 };
  // Where pytest itself died, its output does not say so.
  if (ended.killedBy || ended.code > 1) return { ...counts, complaint: `pytest ended with ${ended.killedBy ?? ended.code}` };
  if (counts.failed === 0 || counts.failed > fewest) return counts;
  show(`\nThe ${counts.failed} that failed once more, alone:\n`);
  const again = await start(executable, [...words, '--last-failed', '--last-failed-no-failures=none', ...args], { show, env, check: false });
  if (again.code !== 0 || count('pytest', again).passed !== counts.failed) return counts;
  const complaint = `UNSTEADY: ${counts.failed} failed at first, and passed alone; the failure is above`;
  return { passed: counts.passed + counts.failed, failed: 0, skipped: counts.skipped, unsteady: counts.failed, complaint };
}
