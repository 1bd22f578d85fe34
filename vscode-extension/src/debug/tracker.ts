import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';

import type { SessionChange, SessionState, Sessions } from '../common/sessions';
import { debugType } from '../shared/ids';
import { after } from './sessionState';

interface Known {
  session: vscode.DebugSession;
  state: SessionState;
}

/** Follows the messages of our debug sessions, so that views know when a program stops and goes on. */
class TrackedSessions implements Sessions, vscode.DebugAdapterTrackerFactory {
  private readonly changed = new vscode.EventEmitter<SessionChange>();
  readonly onDidChange = this.changed.event;
  private readonly activeChanged = new vscode.EventEmitter<vscode.DebugSession | undefined>();
  readonly onDidChangeActive = this.activeChanged.event;
  private readonly known = new Map<string, Known>();

  get active(): vscode.DebugSession | undefined {
    const session = vscode.debug.activeDebugSession;
    return session?.type === debugType ? session : undefined;
  }

  stateOf(sessionId: string): SessionState {
    return this.known.get(sessionId)?.state ?? { kind: 'ended' };
  }

  get(sessionId: string): vscode.DebugSession | undefined {
    return this.known.get(sessionId)?.session;
  }

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    this.known.set(session.id, { session, state: { kind: 'starting' } });
    return {
      onDidSendMessage: (message: DebugProtocol.ProtocolMessage) =>
        this.enter(session, after(this.stateOf(session.id), message)),
      onExit: () => this.enter(session, { kind: 'ended' }),
    };
  }

  ended(session: vscode.DebugSession): void {
    this.enter(session, { kind: 'ended' });
    this.known.delete(session.id);
  }

  activated(): void {
    this.activeChanged.fire(this.active);
  }

  dispose(): void {
    this.changed.dispose();
    this.activeChanged.dispose();
  }

  private enter(session: vscode.DebugSession, state: SessionState): void {
    const entry = this.known.get(session.id);
    if (entry !== undefined && entry.state !== state) {
      entry.state = state;
      this.changed.fire({ session, state });
    }
  }
}

export function registerSessions(context: vscode.ExtensionContext): Sessions {
  const sessions = new TrackedSessions();
  context.subscriptions.push(
    sessions,
    vscode.debug.registerDebugAdapterTrackerFactory(debugType, sessions),
    vscode.debug.onDidTerminateDebugSession((session) => session.type === debugType && sessions.ended(session)),
    vscode.debug.onDidChangeActiveDebugSession(() => sessions.activated()),
  );
  return sessions;
}
