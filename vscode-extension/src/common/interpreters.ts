import type * as vscode from 'vscode';

/** Python 3.11.7 as [3, 11, 7]. */
export type Version = readonly [number, number, number];

/** An interpreter that was run once and is new enough. */
export interface Interpreter {
  path: string;
  version: Version;
  /** Where it was found, for a person to read. */
  source: string;
}

export type Choice = { found: true; interpreter: Interpreter } | { found: false; problem: string };

/** Which Python runs programs, the debug adapter and the language server. */
export interface Interpreters {
  /** Another interpreter may be chosen now. */
  readonly onDidChange: vscode.Event<void>;
  /** The workspace's interpreter. */
  resolve(folder: vscode.WorkspaceFolder | undefined): Promise<Choice>;
  /** The interpreter that a launch configuration names. */
  check(path: string): Promise<Choice>;
  /** Say what is wrong and offer to choose another; not modal. */
  report(problem: string): void;
}
