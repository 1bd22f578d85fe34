import * as path from 'node:path';
import * as vscode from 'vscode';

import { comparisonPanel } from '../shared/ids';
import type { HostMessage, PageCommand, PageMessage } from '../shared/pageMessages';
import type { Opened } from '../shared/workerProtocol';
import { Conversation } from './conversation';
import { type SnapshotEditor, openSnapshot } from './editor';
import type { OpenSnapshots, SnapshotFile } from './opened';
import { pageFolder, pageHtml } from './page';
import { showSource } from './source';

/** Shows what has changed from one snapshot to another, in a panel of its own. */
export class Comparison {
  private readonly showed = new vscode.EventEmitter<void>();
  /** The page has been given what it compares. */
  readonly onDidShow = this.showed.event;
  private ordered = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly editor: SnapshotEditor,
    private before: SnapshotFile,
    private after: SnapshotFile,
  ) {}

  /** Give the page what it compares. */
  async show(): Promise<void> {
    let [before, after] = [await this.facts(this.before), await this.facts(this.after)];
    // The one that was taken first goes first, until the user says otherwise.
    if (!this.ordered && timeOf(before.info) > timeOf(after.info)) {
      [this.before, this.after, before, after] = [this.after, this.before, after, before];
    }
    this.ordered = true;
    this.panel.title = titleOf(before.path, after.path);
    await this.send({ kind: 'comparison', before, after });
    this.showed.fire();
  }

  readonly send = (message: HostMessage) => this.panel.webview.postMessage(message);

  async answer(command: string, details: object, signal: AbortSignal): Promise<unknown> {
    if (command !== 'compare' && command !== 'new') {
      throw new Error(`A page may not ask for ${command}.`);
    }
    const [before, after] = [await this.before.info(), await this.after.info()];
    return this.after.request(command, { ...details, before: before.snapshot, after: after.snapshot }, { signal });
  }

  /** Show one of the new objects in the snapshot that has it. */
  showObject(node: number): void {
    void this.editor.showObject(vscode.Uri.file(this.after.path), node);
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
    this.showed.dispose();
  }

  private async facts(file: SnapshotFile) {
    const info = await file.info((progress) => void this.send({ kind: 'progress', ...progress }));
    return { name: path.basename(file.path), path: file.path, info };
  }
}

/** Open the panel that compares two snapshots, the older one first. */
export function showComparison(
  context: vscode.ExtensionContext,
  snapshots: OpenSnapshots,
  editor: SnapshotEditor,
  first: vscode.Uri,
  second: vscode.Uri,
): Comparison {
  const title = titleOf(first.fsPath, second.fsPath);
  const panel = vscode.window.createWebviewPanel(comparisonPanel, title, vscode.ViewColumn.Active, {
    enableScripts: true,
    retainContextWhenHidden: true,
    localResourceRoots: [pageFolder(context)],
  });
  panel.webview.html = pageHtml(context, panel.webview, 'comparison.js', title);
  const comparison = new Comparison(panel, editor, snapshots.use(first.fsPath), snapshots.use(second.fsPath));
  const conversation = new Conversation(comparison.send, {
    ready: () => comparison.show(),
    answer: (command, details, signal) => comparison.answer(command, details, signal),
    copy: (text) => vscode.env.clipboard.writeText(text),
    openSource: (source, line) => showSource(source, line),
    showObject: (node) => comparison.showObject(node),
    run: (command) => comparison.run(command),
  });
  panel.webview.onDidReceiveMessage((message: PageMessage) => conversation.receive(message));
  panel.onDidDispose(() => {
    conversation.end();
    comparison.close();
  });
  return comparison;
}

/** When it was taken; 0 where the file does not tell. */
function timeOf({ meta: { time } }: Opened): number {
  return (typeof time === 'string' && Date.parse(time)) || 0;
}

function titleOf(before: string, after: string): string {
  return `${path.basename(before)} → ${path.basename(after)}`;
}
