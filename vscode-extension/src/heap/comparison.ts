import * as path from 'node:path';
import * as vscode from 'vscode';

import { comparisonPanel } from '../shared/ids';
import type { HostMessage, PageCommand, PageMessage } from '../shared/pageMessages';
import { Conversation } from './conversation';
import { openSnapshot } from './editor';
import type { OpenSnapshots, SnapshotFile } from './opened';
import { pageFolder, pageHtml } from './page';
import { showSource } from './source';

/** Shows what has changed from one snapshot to another, in a panel of its own. */
class Comparison {
  constructor(
    private readonly panel: vscode.WebviewPanel,
    private before: SnapshotFile,
    private after: SnapshotFile,
  ) {}

  /** Give the page what it compares. */
  async show(): Promise<void> {
    this.panel.title = titleOf(this.before.path, this.after.path);
    const [before, after] = [await this.facts(this.before), await this.facts(this.after)];
    await this.send({ kind: 'comparison', before, after });
  }

  readonly send = (message: HostMessage) => this.panel.webview.postMessage(message);

  async answer(command: string, details: object, signal: AbortSignal): Promise<unknown> {
    if (command !== 'compare') {
      throw new Error(`A page may not ask for ${command}.`);
    }
    const [before, after] = [await this.before.info(), await this.after.info()];
    return this.after.request('compare', { ...details, before: before.snapshot, after: after.snapshot }, { signal });
  }

  run(command: PageCommand): void {
    if (command === 'swap') {
      [this.before, this.after] = [this.after, this.before];
      void this.show();
    } else if (command === 'openBefore' || command === 'openAfter') {
      void openSnapshot(vscode.Uri.file(command === 'openBefore' ? this.before.path : this.after.path));
    }
  }

  close(): void {
    this.before.close();
    this.after.close();
  }

  private async facts(file: SnapshotFile) {
    const info = await file.info((progress) => void this.send({ kind: 'progress', ...progress }));
    return { name: path.basename(file.path), path: file.path, info };
  }
}

/** Open the panel that compares two snapshots. */
export function showComparison(
  context: vscode.ExtensionContext,
  snapshots: OpenSnapshots,
  before: vscode.Uri,
  after: vscode.Uri,
): vscode.WebviewPanel {
  const title = titleOf(before.fsPath, after.fsPath);
  const panel = vscode.window.createWebviewPanel(comparisonPanel, title, vscode.ViewColumn.Active, {
    enableScripts: true,
    retainContextWhenHidden: true,
    localResourceRoots: [pageFolder(context)],
  });
  panel.webview.html = pageHtml(context, panel.webview, 'comparison.js', title);
  const comparison = new Comparison(panel, snapshots.use(before.fsPath), snapshots.use(after.fsPath));
  const conversation = new Conversation(comparison.send, {
    ready: () => comparison.show(),
    answer: (command, details, signal) => comparison.answer(command, details, signal),
    copy: (text) => vscode.env.clipboard.writeText(text),
    openSource: (source, line) => showSource(source, line),
    run: (command) => comparison.run(command),
  });
  panel.webview.onDidReceiveMessage((message: PageMessage) => conversation.receive(message));
  panel.onDidDispose(() => {
    conversation.end();
    comparison.close();
  });
  return panel;
}

function titleOf(before: string, after: string): string {
  return `${path.basename(before)} → ${path.basename(after)}`;
}
