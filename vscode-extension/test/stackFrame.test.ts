import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { framePlaceFrom } from '../src/debug/stackFrame';

suite('what the context menu of the Call Stack hands over', () => {
  test('a file', () => {
    assert.deepEqual(framePlaceFrom('file:///env/site-packages/x.py', { sessionId: 's1', threadId: 't', frameId: 'f' }), {
      sessionId: 's1',
      source: { uri: 'file:///env/site-packages/x.py' },
    });
  });

  test('a source that the debugger names', () => {
    assert.deepEqual(framePlaceFrom('C:\\env\\x.py', undefined), { sessionId: undefined, source: { path: 'C:\\env\\x.py' } });
  });

  test('a thread, a session, nothing', () => {
    assert.equal(framePlaceFrom(3, { sessionId: 's1' }), undefined);
    assert.equal(framePlaceFrom('', undefined), undefined);
    assert.equal(framePlaceFrom(undefined, undefined), undefined);
  });
});
