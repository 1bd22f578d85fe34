import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

import type { Interpreters } from '../common/interpreters';
import { setting } from '../common/settings';
import { Command, debugType, languageId } from '../shared/ids';
import {
  type Refusal,
  type Surroundings,
  complete,
  connectAddress,
  currentFile,
  namedInterpreter,
} from './configuration';

/** Completes launch configurations, and makes up the one for "F5 on a Python file". */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(private readonly interpreters: Interpreters) {}

  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [{ ...currentFile }];
  }

  async resolveDebugConfiguration(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | null | undefined> {
    const completed = complete(given, surroundings(folder));
    if (completed.ok) {
      return completed.configuration;
    }
    if (await remedy(completed)) {
      return this.resolveDebugConfiguration(folder, given);
    }
    return undefined;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (given.request === 'attach' && connectAddress(given) !== undefined) {
      return given; // the program's own interpreter does it all
    }
    const named = namedInterpreter(given);
    const choice = named === undefined ? await this.interpreters.resolve(folder) : await this.interpreters.check(named);
    if (!choice.found) {
      this.interpreters.report(choice.problem);
      return undefined;
    }
    return named === undefined ? { ...given, python: choice.interpreter.path } : given;
  }
}

function surroundings(folder: vscode.WorkspaceFolder | undefined): Surroundings {
  const document = vscode.window.activeTextEditor?.document;
  const scope = folder?.uri ?? document?.uri;
  return {
    folder: folder?.uri.fsPath,
    activeFile: document && { isPython: document.languageId === languageId, isUntitled: document.isUntitled },
    justMyCode: setting('justMyCode', scope),
    memoryChildren: setting('memory.showChildren', scope),
    memoryHover: setting('memory.showInHover', scope),
    hasEnvFile: folder !== undefined && existsSync(path.join(folder.uri.fsPath, '.env')),
  };
}

/** Tell what is missing and offer to help. True: try again. */
async function remedy(refusal: Refusal): Promise<boolean> {
  switch (refusal.reason) {
    case 'notSaved': {
      const save = 'Save…';
      const answer = await vscode.window.showWarningMessage(
        'Save the file first: Python runs programs from files.',
        save,
      );
      const document = vscode.window.activeTextEditor?.document;
      return answer === save && document !== undefined && (await document.save());
    }
    case 'noPythonFile':
      // Nobody waits for the answer to this one: the session is not started either way.
      void vscode.window
        .showWarningMessage(
          'Open the Python file to debug, or describe the program in launch.json.',
          'Open launch.json',
        )
        .then((answer) => {
          return answer && vscode.commands.executeCommand('workbench.action.debug.configure');
        });
      return false;
  }
}

/** Start debugging one file, whatever launch.json says. */
export async function debugFile(uri: vscode.Uri | undefined): Promise<void> {
  const file = uri ?? vscode.window.activeTextEditor?.document.uri;
  if (file?.scheme !== 'file') {
    await vscode.commands.executeCommand('workbench.action.debug.start');
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(file);
  const name = `Heapsight: ${path.basename(file.fsPath)}`;
  await vscode.debug.startDebugging(folder, {
    ...currentFile,
    name,
    program: file.fsPath,
    ...(folder ? {} : { cwd: path.dirname(file.fsPath) }),
  });
}

export function registerConfigurations(context: vscode.ExtensionContext, interpreters: Interpreters): void {
  const provider = new ConfigurationProvider(interpreters);
  const { Initial, Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(debugType, provider, Initial),
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      { provideDebugConfigurations: () => provider.provideDebugConfigurations() },
      Dynamic,
    ),
    vscode.commands.registerCommand(Command.debugFile, (uri?: vscode.Uri) => debugFile(uri)),
  );
}
