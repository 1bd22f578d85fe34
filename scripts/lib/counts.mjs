// How many tests passed, read from what the runners print. What ended badly without a count is one failure.

const number = (text, pattern) => {
  const all = [...text.matchAll(pattern)];
  return all.length ? Number(all.at(-1)[1]) : 0;
};

// Colours would stand between a number and its word.
// eslint-disable-next-line no-control-regex
const plain = (text) => text.replace(/\x1b\[[0-9;]*m/g, '');

const patterns = {
  // ==== 12 passed, 1 failed, 2 skipped, 1 error in 3.4s ====
  pytest: { passed: /(\d+) passed/g, failed: /(\d+) failed/g, errors: /(\d+) errors?\b/g, skipped: /(\d+) skipped/g },
  // ℹ pass 12, or # pass 12
  node: { passed: /^[ℹ#] pass (\d+)/gm, failed: /^[ℹ#] fail (\d+)/gm, errors: /^[ℹ#] cancelled (\d+)/gm, skipped: /^[ℹ#] skipped (\d+)/gm },
  // 12 passing (3s)
  mocha: { passed: /^\s*(\d+) passing/gm, failed: /^\s*(\d+) failing/gm, errors: /(?!)/g, skipped: /^\s*(\d+) pending/gm },
};

// What pytest says last of itself; a thread or a process left behind may write something after it.
const pytestSummary = (text) => text.match(/^.*\b\d+ (?:passed|failed|skipped|errors?)\b.* in [\d.]+s\b.*$/gm)?.at(-1) ?? '';

/** {passed, failed, skipped} of a finished run; `runner`: pytest, node or mocha. */
export function count(runner, { code, output }) {
  const text = runner === 'pytest' ? pytestSummary(plain(output)) : plain(output);
  const { passed, failed, errors, skipped } = patterns[runner];
  const result = { passed: number(text, passed), failed: number(text, failed) + number(text, errors), skipped: number(text, skipped) };
  // Nothing run at all is a failure too: a suite that vanished must not look green.
  if ((code !== 0 || result.passed === 0) && result.failed === 0) result.failed = 1;
  return result;
}

/** The table at the end, and the plain closing line. Returns the exit code. */
export function summary(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log(`\n${'━'.repeat(width + 44)}\n${''.padEnd(width)}   passed  failed  skipped       time`);
  const total = { passed: 0, failed: 0, skipped: 0, unsteady: 0 };
  for (const { name, passed, failed, skipped, unsteady = 0, seconds } of results) {
    const cells = [passed, failed, skipped].map((cell) => String(cell).padStart(8)).join('');
    const note = unsteady ? `  ${unsteady} unsteady` : '';
    console.log(`${failed ? '✗' : unsteady ? '~' : '✓'} ${name.padEnd(width)} ${cells}  ${seconds.toFixed(1).padStart(8)} s${note}`);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    total.unsteady += unsteady;
  }
  const more = ['skipped', 'unsteady'].filter((word) => total[word]).map((word) => `, ${total[word]} ${word}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed${more.join('')}`);
  return total.failed ? 1 : 0;
}
