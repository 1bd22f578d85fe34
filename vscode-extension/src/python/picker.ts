import * as vscode from 'vscode';

import { settingsSection } from '../shared/ids';
import type { Candidate } from './candidates';
import { type Probe, choose } from './choose';

interface Item extends vscode.QuickPickItem {
  path: string | undefined;
}

/** Lets the user choose an interpreter and writes it to the setting. */
export async function pickInterpreter(
  candidates: readonly Candidate[],
  probe: (path: string) => Promise<Probe>,
): Promise<void> {
  const browse: Item = { label: '$(folder-opened) Browse…', path: undefined };
  const items = usable(candidates, probe).then((found) => [...found, browse]);
  const picked = await vscode.window.showQuickPick<Item>(items, {
    title: 'Heapsight: Select Interpreter',
    placeHolder: 'Python 3.11 or newer',
  });
  const path = picked === browse ? await browseForFile() : picked?.path;
  if (path !== undefined) {
    const target = vscode.workspace.workspaceFolders
      ? vscode.ConfigurationTarget.Workspace
      : vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration(settingsSection).update('python', path, target);
  }
}

async function usable(candidates: readonly Candidate[], probe: (path: string) => Promise<Probe>): Promise<Item[]> {
  const items: Item[] = [];
  for (const candidate of candidates) {
    const choice = await choose([candidate], probe);
    if (choice.found) {
      items.push({
        label: `Python ${choice.interpreter.version.join('.')}`,
        description: candidate.path,
        detail: `from ${candidate.source}`,
        path: candidate.path,
      });
    }
  }
  return items;
}

async function browseForFile(): Promise<string | undefined> {
  const files = await vscode.window.showOpenDialog({ canSelectMany: false, title: 'Python interpreter' });
  return files?.[0]?.fsPath;
}
