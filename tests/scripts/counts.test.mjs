import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count } from '../../scripts/lib/counts.mjs';

const cases = [
  ['pytest, all good', 'pytest', 0, '..s\n12 passed, 1 skipped in 3.10s\n', [12, 0, 1]],
  ['pytest, in colours', 'pytest', 1, '\x1b[31m\x1b[1m2 failed\x1b[0m, \x1b[32m5 passed\x1b[0m, 1 error in 1s\x1b[0m\n', [5, 3, 0]],
  ['pytest, with a word after the summary', 'pytest', 0, '12 passed in 123.10s (0:02:03)\nException ignored in: <x>\n', [12, 0, 0]],
  ['pytest that died after its tests', 'pytest', 139, '12 passed in 3.10s\nSegmentation fault\n', [12, 1, 0]],
  ['pytest that found nothing', 'pytest', 5, 'no tests ran in 0.01s\n', [0, 1, 0]],
  ['pytest that died', 'pytest', 139, '....', [0, 1, 0]],
  ['node', 'node', 1, 'ℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\n', [2, 2, 0]],
  ['node, tap', 'node', 0, '# pass 7\n# fail 0\n# cancelled 0\n# skipped 2\n', [7, 0, 2]],
  ['mocha', 'mocha', 1, '\n  1 passing (28ms)\n  2 pending\n  3 failing\n', [1, 3, 2]],
  ['mocha that passed but ended badly', 'mocha', 1, '  9 passing (2s)\n', [9, 1, 0]],
  ['nothing run is no success', 'node', 0, '', [0, 1, 0]],
];

for (const [name, runner, code, output, [passed, failed, skipped]] of cases) {
  test(name, () => assert.deepEqual(count(runner, { code, output }), { passed, failed, skipped }));
}
