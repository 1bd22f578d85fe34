import type * as vscode from 'vscode';

import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import type { Sessions } from '../common/sessions';
import { registerDescriptor } from './descriptor';
import { registerLibraries } from './libraries';
import { registerConfigurations } from './provider';
import { registerSessions } from './tracker';

/** The debugger type `heapsight`. */
export function registerDebug(context: vscode.ExtensionContext, interpreters: Interpreters, log: Log): Sessions {
  registerConfigurations(context, interpreters);
  registerDescriptor(context, interpreters, log);
  const sessions = registerSessions(context);
  registerLibraries(context, sessions);
  return sessions;
}
