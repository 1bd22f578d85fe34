import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { debuggable, parse } from '../src/processes/list';

const linux = `    1 /sbin/init splash
  812 /usr/bin/python3 /srv/shop.py --port 80
  900 python -m heapsight adapter
 1003 /opt/code/python/bundled/heapsight adapter
 1004 /usr/bin/python3.12 /home/ada/.vscode/extensions/heapsight/bundled/heapsight lsp
 1200 /usr/bin/vim python.py
 2000 [kworker/0:1]
 2500 [python3] <defunct>
 3000 /home/ada/venv/bin/gunicorn: python worker [shop]
`;
const windows = JSON.stringify([
  { ProcessId: 4, Name: 'System', CommandLine: null },
  { ProcessId: 100, Name: 'python.exe', CommandLine: '"C:\\Python 313\\python.exe" C:\\shop\\serve.py' },
  { ProcessId: 101, Name: 'shop.exe', CommandLine: 'C:\\venv\\Scripts\\python.exe C:\\venv\\Scripts\\shop-script.py' },
]);

suite('the processes to attach to', () => {
  test('are those of Python, the newest first, without the debugger itself', () => {
    const found = debuggable(parse('linux', linux));
    assert.deepEqual(found, [
      { pid: 812, name: 'python3', commandLine: '/usr/bin/python3 /srv/shop.py --port 80' },
    ]);
  });

  test('are found on Windows, where they have names of their own', () => {
    assert.deepEqual(
      debuggable(parse('win32', windows)).map(({ pid }) => pid),
      [101, 100],
    );
  });

  test('are none where the system lists one process that is not', () => {
    assert.deepEqual(debuggable(parse('win32', '{"ProcessId":4,"Name":"System","CommandLine":null}')), []);
  });

  test('are read from lines with a name only', () => {
    assert.deepEqual(parse('darwin', '  7 python3\n\n'), [{ pid: 7, name: 'python3', commandLine: 'python3' }]);
  });
});
