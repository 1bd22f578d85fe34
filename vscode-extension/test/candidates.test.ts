import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { type Surroundings, candidates } from '../src/python/candidates';

const linux: Surroundings = {
  platform: 'linux',
  home: '/home/ada',
  searchPath: '/usr/local/bin:/usr/bin',
  folder: '/work space/shop',
  setting: '',
  pythonExtension: undefined,
};
const windows: Surroundings = {
  platform: 'win32',
  home: 'C:\\Users\\ada',
  searchPath: 'C:\\Python313;C:\\Tools',
  folder: 'C:\\shop',
  setting: '',
  pythonExtension: undefined,
};

const paths = (around: Surroundings) => candidates(around).map((candidate) => candidate.path);

suite('where an interpreter is looked for', () => {
  test('the setting alone, when there is one', () => {
    const found = candidates({ ...linux, setting: '/opt/python', pythonExtension: '/other/python' });
    assert.deepEqual(found, [{ path: '/opt/python', source: 'the setting heapsight.python', chosen: true }]);
  });

  const settings: [string, Surroundings, string][] = [
    ['~/envs/shop/bin/python', linux, '/home/ada/envs/shop/bin/python'],
    ['${workspaceFolder}/env/bin/python', linux, '/work space/shop/env/bin/python'],
    ['env/bin/python', linux, '/work space/shop/env/bin/python'],
    ['python3.12', linux, 'python3.12'],
    ['~backup/python', linux, '/work space/shop/~backup/python'],
    ['env\\Scripts\\python.exe', windows, 'C:\\shop\\env\\Scripts\\python.exe'],
    ['D:\\python.exe', windows, 'D:\\python.exe'],
  ];
  for (const [setting, around, path] of settings) {
    test(`the setting ${setting} means ${path}`, () => assert.deepEqual(paths({ ...around, setting }), [path]));
  }

  test('the Python extension, then the workspace, then the PATH', () => {
    const found = paths({ ...linux, pythonExtension: '/envs/chosen/bin/python' });
    assert.deepEqual(found.slice(0, 7), [
      '/envs/chosen/bin/python',
      '/work space/shop/.venv/bin/python',
      '/work space/shop/venv/bin/python',
      '/usr/local/bin/python3',
      '/usr/bin/python3',
      '/usr/local/bin/python',
      '/usr/bin/python',
    ]);
    assert.ok(found.includes('/usr/bin/python3.12'), 'newer ones beside an old python3');
  });

  test('only the PATH without a folder', () => {
    assert.equal(paths({ ...linux, folder: undefined })[0], '/usr/local/bin/python3');
  });

  test('on Windows with its own folders and endings', () => {
    assert.deepEqual(paths(windows), [
      'C:\\shop\\.venv\\Scripts\\python.exe',
      'C:\\shop\\venv\\Scripts\\python.exe',
      'C:\\Python313\\python3.exe',
      'C:\\Tools\\python3.exe',
      'C:\\Python313\\python.exe',
      'C:\\Tools\\python.exe',
    ]);
  });
});
