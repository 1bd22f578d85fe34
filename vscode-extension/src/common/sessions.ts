import type * as vscode from 'vscode';

/** What a debug session does at the moment, as its messages tell. */
export type SessionState =
  { kind: 'starting' } | { kind: 'running' } | { kind: 'stopped'; threadId: number | undefined } | { kind: 'ended' };

export interface SessionChange {
  session: vscode.DebugSession;
  state: SessionState;
}

/** The debug sessions of type heapsight. */
export interface Sessions {
  readonly onDidChange: vscode.Event<SessionChange>;
  /** Another session of ours is the one that the user looks at, or none. */
  readonly onDidChangeActive: vscode.Event<vscode.DebugSession | undefined>;
  /** The session that the user looks at, if it is one of ours. */
  readonly active: vscode.DebugSession | undefined;
  stateOf(sessionId: string): SessionState;
  get(sessionId: string): vscode.DebugSession | undefined;
}
