import * as vscode from 'vscode';

import { Command } from '../shared/ids';

export type Log = vscode.LogOutputChannel;

/** The output channel "Heapsight". Nothing in it asks for attention by itself. */
export function registerLog(context: vscode.ExtensionContext): Log {
  const log = vscode.window.createOutputChannel('Heapsight', { log: true });
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand(Command.showLog, () => log.show()),
  );
  return log;
}
