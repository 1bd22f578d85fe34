import * as vscode from 'vscode';

import type { Sessions } from '../common/sessions';
import { Command } from '../shared/ids';
import type { IncludedSource } from '../shared/protocol';
import { framePlaceFrom } from './stackFrame';

/** Stepping into single libraries, chosen in the Call Stack. */
export function registerLibraries(context: vscode.ExtensionContext, sessions: Sessions): void {
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    registerCommand(Command.includeLibrary, (...clicked: unknown[]) => include(sessions, clicked, true)),
    registerCommand(Command.excludeLibrary, (...clicked: unknown[]) => include(sessions, clicked, false)),
  );
}

async function include(sessions: Sessions, [source, frame]: unknown[], include: boolean): Promise<void> {
  const place = framePlaceFrom(source, frame);
  const session = place?.sessionId === undefined ? sessions.active : sessions.get(place.sessionId);
  if (place === undefined || session === undefined) {
    await vscode.window.showInformationMessage('This stack frame runs no file of a library.');
    return;
  }
  const path = 'uri' in place.source ? vscode.Uri.parse(place.source.uri).fsPath : place.source.path;
  try {
    const answer = (await session.customRequest('heapsight/includeSource', { path, include })) as IncludedSource;
    vscode.window.setStatusBarMessage(
      `Steps go ${include ? 'into' : 'over'} ${answer.name} from now on.`,
      5000,
    );
  } catch (error) {
    await vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}
