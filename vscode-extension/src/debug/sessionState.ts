import type { DebugProtocol } from '@vscode/debugprotocol';

import type { SessionState } from '../common/sessions';

const resuming = new Set(['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto']);

/** The state after a message of the debug adapter; the same object where nothing changes. */
export function after(state: SessionState, message: DebugProtocol.ProtocolMessage): SessionState {
  if (state.kind === 'ended') {
    return state;
  }
  switch (message.type) {
    case 'event':
      return afterEvent(state, message as DebugProtocol.Event);
    case 'response':
      return afterResponse(state, message as DebugProtocol.Response);
    default:
      return state;
  }
}

function afterEvent(state: SessionState, event: DebugProtocol.Event): SessionState {
  switch (event.event) {
    case 'initialized':
      return state.kind === 'starting' ? { kind: 'running' } : state;
    case 'stopped':
      return { kind: 'stopped', threadId: (event as DebugProtocol.StoppedEvent).body.threadId };
    case 'continued':
      return state.kind === 'running' ? state : { kind: 'running' };
    case 'exited':
    case 'terminated':
      return { kind: 'ended' };
    default:
      return state;
  }
}

function afterResponse(state: SessionState, response: DebugProtocol.Response): SessionState {
  // Handles die with every resume, also where other threads stay parked.
  return response.success && resuming.has(response.command) && state.kind === 'stopped' ? { kind: 'running' } : state;
}
