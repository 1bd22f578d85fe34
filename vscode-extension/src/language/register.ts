import * as vscode from 'vscode';

import type { Expressions } from '../common/expressions';
import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import { Command } from '../shared/ids';
import { ServerExpressions, offerWhileRunning } from './evaluatableExpressions';
import { LanguageServer } from './server';

/** The language server, and what it is asked while debugging. Inline values come with its capabilities. */
export function registerLanguage(context: vscode.ExtensionContext, interpreters: Interpreters, log: Log): Expressions {
  const server = new LanguageServer(context, interpreters, log);
  const expressions = new ServerExpressions(server, log);
  context.subscriptions.push(
    server,
    offerWhileRunning(server, expressions),
    vscode.commands.registerCommand(Command.restartLanguageServer, () => server.restart()),
  );
  void server.ensure();
  return expressions;
}
