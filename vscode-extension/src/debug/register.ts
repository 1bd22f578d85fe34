import type * as vscode from 'vscode';

import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import type { Sessions } from '../common/sessions';
import { registerDescriptor } from './descriptor';
import { registerConfigurations } from './provider';
import { registerSessions } from './tracker';

/** The debugger type `heapsight`. */
export function registerDebug(context: vscode.ExtensionContext, interpreters: Interpreters, log: Log): Sessions {
  registerConfigurations(context, interpreters);
  registerDescriptor(context, interpreters, log);
  return registerSessions(context);
}
