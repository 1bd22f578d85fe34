import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';

import type { Version } from '../src/common/interpreters';
import type { Candidate } from '../src/python/candidates';
import { type Probe, choose } from '../src/python/choose';
import { Prober } from '../src/python/probe';

const found = (file: string): Candidate => ({ path: file, source: 'the PATH', chosen: false });
const chosen = (file: string): Candidate => ({ path: file, source: 'the setting heapsight.python', chosen: true });
const cpython = (...version: Version): Probe => ({ kind: 'runs', implementation: 'cpython', version });

const machine: Record<string, Probe> = {
  old: cpython(3, 10, 14),
  new: cpython(3, 11, 0),
  newer: cpython(3, 13, 1),
  pypy: { kind: 'runs', implementation: 'pypy', version: [3, 11, 13] },
  broken: { kind: 'broken', reason: 'no such library' },
};
const probe = (file: string): Promise<Probe> => Promise.resolve(machine[file] ?? { kind: 'missing' });
const pick = async (...from: Candidate[]) => {
  const choice = await choose(from, probe);
  return choice.found ? choice.interpreter.path : choice.problem;
};

suite('which interpreter is taken', () => {
  test('the first that is there and new enough', async () => {
    assert.equal(
      await pick(found('missing'), found('old'), found('pypy'), found('broken'), found('new'), found('newer')),
      'new',
    );
  });

  test('never another one than the chosen', async () => {
    assert.match(
      await pick(chosen('old'), found('new')),
      /3\.11 or newer; old \(from the setting .*is Python 3\.10\.14/,
    );
    assert.match(await pick(chosen('missing'), found('new')), /does not exist/);
    assert.match(await pick(chosen('broken'), found('new')), /does not run: no such library/);
    assert.match(await pick(chosen('pypy'), found('new')), /needs CPython.* is pypy/);
  });

  test('what is wrong with the first one found, when none will do', async () => {
    assert.match(await pick(found('missing'), found('old'), found('broken')), /Python 3\.10\.14/);
    assert.match(await pick(found('missing')), /^No Python interpreter was found/);
    assert.match(await pick(), /^No Python interpreter was found/);
  });
});

suite('asking an interpreter', { skip: process.platform === 'win32' && 'needs shell scripts' }, () => {
  async function asked(script: string, use: (prober: Prober, file: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'heapsight-'));
    const file = path.join(folder, 'python');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    await use(new Prober(), file);
    await rm(folder, { recursive: true });
  }

  test('gives its version, and is done once', () =>
    asked('echo asked >> "$0.log"; echo cpython 3.12.4', async (prober, file) => {
      const expected: Probe = { kind: 'runs', implementation: 'cpython', version: [3, 12, 4] };
      assert.deepEqual(await prober.probe(file), expected);
      await rm(`${file}.log`);
      assert.deepEqual(await prober.probe(file), expected);
      await assert.rejects(rm(`${file}.log`));
    }));

  test('notices that the file was replaced', () =>
    asked('echo cpython 3.10.1', async (prober, file) => {
      assert.deepEqual(await prober.probe(file), cpython(3, 10, 1));
      await writeFile(file, '#!/bin/sh\necho cpython 3.13.0 # longer\n');
      assert.deepEqual(await prober.probe(file), cpython(3, 13, 0));
    }));

  test('tells what does not run', () =>
    asked('echo "no libpython" >&2; exit 127', async (prober, file) => {
      const probed = await prober.probe(file);
      assert.equal(probed.kind, 'broken');
      assert.match((probed as { reason: string }).reason, /no libpython/);
    }));

  test('tells what is no Python', () =>
    asked('echo hello', async (prober, file) => {
      assert.equal((await prober.probe(file)).kind, 'broken');
    }));

  test('tells what is not there', async () => {
    assert.equal((await new Prober().probe('/nowhere/python')).kind, 'missing');
    assert.equal((await new Prober().probe('a-command-that-does-not-exist')).kind, 'missing');
    assert.equal((await new Prober().probe(tmpdir())).kind, 'missing');
  });
});
