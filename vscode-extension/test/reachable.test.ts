import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { suite, test } from 'node:test';

import { unreachable } from '../src/debug/reachable';

suite('what is at the address to attach to', () => {
  test('somebody who listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      assert.equal(await unreachable('127.0.0.1', port), undefined);
    } finally {
      server.close();
    }
    await new Promise((resolve) => server.once('close', resolve));
    const said = await unreachable('127.0.0.1', port);
    assert.match(said ?? '', new RegExp(`^Nothing listens at 127\\.0\\.0\\.1:${port}\\. .*--listen ${port} `));
  });

  test('no such host', async () => {
    assert.match((await unreachable('no-such-host.invalid', 5678)) ?? '', /^Cannot connect to no-such-host\.invalid:5678: /);
  });
});
