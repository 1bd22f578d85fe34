import * as path from 'node:path';
import * as vscode from 'vscode';

import { formatBytes } from '../shared/format';
import { snapshotEditor, snapshotExtension } from '../shared/ids';

interface Known {
  uri: vscode.Uri;
  size: number;
  time: number;
}

type Choice = vscode.QuickPickItem & { uri?: vscode.Uri };

const fileTypes = { 'Heap snapshots': [snapshotExtension.slice(1)] };

/** The snapshots in the workspace and those besides, newest first. */
export async function knownSnapshots(besides: readonly string[]): Promise<vscode.Uri[]> {
  return (await known(besides)).map(({ uri }) => uri);
}

/** Let the user pick a snapshot, from those known and from all files. */
export async function pickSnapshot(
  title: string,
  taken: readonly string[],
  without?: vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const found = (await known(taken)).filter(({ uri }) => uri.toString() !== without?.toString());
  if (found.length === 0) {
    return browse(title);
  }
  const elsewhere: Choice = { label: '$(folder-opened) Another file…' };
  const choice = await vscode.window.showQuickPick<Choice>([...found.map(choiceOf), elsewhere], {
    title,
    matchOnDescription: true,
  });
  return choice === elsewhere ? browse(title) : choice?.uri;
}

/** Let the user find a snapshot among all files. */
async function browse(title: string): Promise<vscode.Uri | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title, openLabel: 'Open', filters: fileTypes })) ?? [];
  return uri;
}

/** The snapshot in the editor that the user looks at. */
export function activeSnapshot(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === snapshotEditor ? input.uri : undefined;
}

async function known(besides: readonly string[]): Promise<Known[]> {
  const inWorkspace = await vscode.workspace.findFiles(`**/*${snapshotExtension}`, '**/node_modules/**', 500);
  const all = new Map([...inWorkspace, ...besides.map((file) => vscode.Uri.file(file))].map((uri) => [uri.fsPath, uri]));
  const found = await Promise.all([...all.values()].map((uri) => facts(uri)));
  return found.filter((item) => item !== undefined).sort((a, b) => b.time - a.time);
}

async function facts(uri: vscode.Uri): Promise<Known | undefined> {
  try {
    const { size, mtime } = await vscode.workspace.fs.stat(uri);
    return { uri, size, time: mtime };
  } catch {
    return undefined; // deleted meanwhile
  }
}

function choiceOf({ uri, size, time }: Known): Choice {
  return {
    label: path.basename(uri.fsPath),
    description: `${formatBytes(size)} · ${new Date(time).toLocaleString()}`,
    detail: vscode.workspace.asRelativePath(path.dirname(uri.fsPath)),
    uri,
  };
}
