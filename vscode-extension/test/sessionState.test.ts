import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import type { SessionState } from '../src/common/sessions';
import { after } from '../src/debug/sessionState';

const event = (name: string, body: object = {}) => ({ seq: 0, type: 'event', event: name, body });
const response = (command: string, success = true) => ({ seq: 0, type: 'response', request_seq: 0, command, success });
const stopped = (threadId: number) => event('stopped', { reason: 'step', threadId });

function states(...messages: { seq: number; type: string }[]): string[] {
  let state: SessionState = { kind: 'starting' };
  return messages.map((message) => {
    state = after(state, message);
    return state.kind === 'stopped' ? `stopped ${state.threadId ?? '?'}` : state.kind;
  });
}

suite('the state of a session, as its messages tell', () => {
  test('from start to end', () => {
    const told = states(
      event('initialized'),
      stopped(1),
      response('continue'),
      stopped(2),
      event('terminated'),
      stopped(1),
    );
    assert.deepEqual(told, ['running', 'stopped 1', 'running', 'stopped 2', 'ended', 'ended']);
  });

  for (const command of ['continue', 'next', 'stepIn', 'stepOut']) {
    test(`${command} makes it run`, () =>
      assert.deepEqual(states(stopped(1), response(command)), ['stopped 1', 'running']));
    test(`a ${command} that fails does not`, () =>
      assert.deepEqual(states(stopped(1), response(command, false)), ['stopped 1', 'stopped 1']));
  }

  test('the event of another client makes it run', () => {
    assert.deepEqual(states(stopped(1), event('continued', { threadId: 1 })), ['stopped 1', 'running']);
  });

  test('two stops on end are two changes', () => {
    const first = after({ kind: 'running' }, stopped(1));
    assert.notEqual(after(first, stopped(1)), first);
  });

  test('other messages change nothing', () => {
    const state: SessionState = { kind: 'stopped', threadId: 1 };
    for (const message of [
      event('output'),
      response('variables'),
      { seq: 0, type: 'request', command: 'runInTerminal' },
    ]) {
      assert.equal(after(state, message), state);
    }
  });
});
