import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import {
  type Configuration,
  type Surroundings,
  adapterPlace,
  complete,
  connectAddress,
  namedInterpreter,
} from '../src/debug/configuration';

const around: Surroundings = {
  folder: '/shop',
  activeFile: { isPython: true, isUntitled: false },
  justMyCode: true,
  memoryChildren: true,
  memoryHover: true,
  hasEnvFile: false,
};

function completed(given: Configuration, changes: Partial<Surroundings> = {}): Configuration {
  const outcome = complete(given, { ...around, ...changes });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.configuration;
}

function refused(given: Configuration, changes: Partial<Surroundings>): string {
  const outcome = complete(given, { ...around, ...changes });
  assert.ok(!outcome.ok, JSON.stringify(outcome));
  return outcome.reason;
}

suite('completing a configuration', () => {
  test('F5 without launch.json debugs the current file', () => {
    assert.deepEqual(completed({}), {
      type: 'heapsight',
      name: 'Heapsight: Current File',
      request: 'launch',
      program: '${file}',
      console: 'integratedTerminal',
      cwd: '/shop',
      justMyCode: true,
      redirectOutput: false,
      memory: { children: true, hover: true },
    });
  });

  test('without a folder the program runs where its file is', () => {
    assert.equal(completed({}, { folder: undefined })['cwd'], '${fileDirname}');
    assert.equal(completed({ type: 'heapsight', module: 'shop' }, { folder: undefined })['cwd'], undefined);
  });

  test('F5 without launch.json and without a Python file is refused', () => {
    assert.equal(refused({}, { activeFile: undefined }), 'noPythonFile');
    assert.equal(refused({}, { activeFile: { isPython: false, isUntitled: false } }), 'noPythonFile');
  });

  test('a file that was never saved is refused', () => {
    assert.equal(refused({}, { activeFile: { isPython: true, isUntitled: true } }), 'notSaved');
    const launch = { type: 'heapsight', request: 'launch', program: '${file}' };
    assert.equal(refused(launch, { activeFile: { isPython: true, isUntitled: true } }), 'notSaved');
    assert.equal(refused(launch, { activeFile: undefined }), 'noPythonFile');
  });

  test('a program named in launch.json needs no active file', () => {
    const given = { type: 'heapsight', name: 'Shop', request: 'launch', program: '${workspaceFolder}/shop' };
    assert.equal(completed(given, { activeFile: undefined })['program'], given.program);
  });

  test('what the user says is kept', () => {
    const given = {
      type: 'heapsight',
      name: 'Shop',
      request: 'launch',
      module: 'shop',
      console: 'internalConsole',
      cwd: '/elsewhere',
      justMyCode: false,
      redirectOutput: false,
      envFile: '/secret.env',
      memory: { hover: false },
      somethingOfAnotherExtension: [1],
    };
    assert.deepEqual(completed(given, { hasEnvFile: true }), { ...given, memory: { hover: false, children: true } });
  });

  test('settings are the defaults', () => {
    const { justMyCode, memory } = completed({}, { justMyCode: false, memoryChildren: false, memoryHover: false });
    assert.deepEqual({ justMyCode, memory }, { justMyCode: false, memory: { children: false, hover: false } });
  });

  test('the output of a program in the Debug Console is redirected', () => {
    assert.equal(completed({ type: 'heapsight', program: 'x.py', console: 'internalConsole' })['redirectOutput'], true);
  });

  test("the folder's .env is used where it is there", () => {
    assert.equal(completed({}, { hasEnvFile: true })['envFile'], '${workspaceFolder}/.env');
  });

  test('attaching needs nothing about programs', () => {
    const given = { type: 'heapsight', name: 'Attach', request: 'attach', connect: { port: 5678 } };
    assert.deepEqual(completed(given, { hasEnvFile: true }), {
      ...given,
      justMyCode: true,
      memory: { children: true, hover: true },
    });
  });

  test('a wrong value is left for the adapter to name', () => {
    assert.equal(completed({ type: 'heapsight', module: 'shop', memory: 'yes' })['memory'], 'yes');
  });
});

suite('the interpreter that a configuration names', () => {
  const named: [unknown, string | undefined][] = [
    ['/usr/bin/python3', '/usr/bin/python3'],
    [['/usr/bin/python3', '-Xdev'], '/usr/bin/python3'],
    ['', undefined],
    [[], undefined],
    [undefined, undefined],
    [3, undefined],
  ];
  for (const [python, expected] of named) {
    test(python === undefined ? 'nothing' : JSON.stringify(python), () =>
      assert.equal(namedInterpreter({ python }), expected),
    );
  }
  test('by its older name', () => assert.equal(namedInterpreter({ pythonPath: '/old' }), '/old'));
});

suite('where the debug adapter is', () => {
  const process = { kind: 'process', command: '/python', args: ['/package', 'adapter'] };
  const place = (given: Configuration) => adapterPlace(given, '/python', '/package');

  test('ours, to launch and to wait for a program', () => {
    assert.deepEqual(place({ request: 'launch', program: 'x.py' }), process);
    assert.deepEqual(place({ request: 'attach', listen: { port: 5678 } }), process);
    assert.deepEqual(place({ request: 'attach', processId: 17 }), process);
  });

  test("the program's, to connect to", () => {
    const expected = { kind: 'server', host: '10.0.0.7', port: 5679 };
    assert.deepEqual(place({ request: 'attach', connect: { host: '10.0.0.7', port: 5679 } }), expected);
    assert.deepEqual(place({ request: 'attach', host: '10.0.0.7', port: '5679' }), expected);
  });

  test('on this machine where no host is named', () => {
    assert.deepEqual(connectAddress({ connect: { port: 5679 } }), { host: '127.0.0.1', port: 5679 });
    assert.deepEqual(connectAddress({ connect: {} }), { host: '127.0.0.1', port: 5678 });
  });

  test('a port that is none is left for the adapter to refuse', () => {
    assert.equal(connectAddress({ connect: { port: 'http' } }), undefined);
    assert.equal(connectAddress({ connect: { port: 70000 } }), undefined);
  });
});
