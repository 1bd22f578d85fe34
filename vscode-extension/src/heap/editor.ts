import * as path from 'node:path';
import * as vscode from 'vscode';

import { Command, snapshotEditor } from '../shared/ids';
import type { HostMessage, PageMessage } from '../shared/pageMessages';
import { type SnapshotQuestion, snapshotQuestions } from '../shared/workerProtocol';
import { Conversation } from './conversation';
import type { OpenSnapshots, SnapshotFile } from './opened';
import { pageFolder, pageHtml } from './page';
import { showSource } from './source';

class SnapshotDocument implements vscode.CustomDocument {
  constructor(
    readonly uri: vscode.Uri,
    readonly file: SnapshotFile,
  ) {}

  dispose(): void {
    this.file.close();
  }
}

/** Shows `*.heapsight` files: a page of tables, whose questions the heap worker answers. */
export class SnapshotEditor implements vscode.CustomReadonlyEditorProvider<SnapshotDocument> {
  private readonly shown = new vscode.EventEmitter<vscode.Uri>();
  /** A page has been given its snapshot. */
  readonly onDidShow = this.shown.event;
  /** By file: pages that show their snapshot, and objects that are to be shown as soon as there is one. */
  private readonly pages = new Map<string, (message: HostMessage) => unknown>();
  private readonly wanted = new Map<string, number>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly snapshots: OpenSnapshots,
  ) {}

  openCustomDocument(uri: vscode.Uri): SnapshotDocument {
    return new SnapshotDocument(uri, this.snapshots.use(uri.fsPath));
  }

  resolveCustomEditor({ uri, file }: SnapshotDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(this.context)] };
    webview.html = pageHtml(this.context, webview, 'snapshot.js', path.basename(uri.fsPath));
    const send = (message: HostMessage) => webview.postMessage(message);
    const conversation = new Conversation(send, {
      ready: async () => {
        const info = await file.info((progress) => void send({ kind: 'progress', ...progress }));
        await send({ kind: 'snapshot', title: { name: path.basename(uri.fsPath), path: uri.fsPath, info } });
        this.pages.set(uri.fsPath, send);
        const node = this.wanted.get(uri.fsPath);
        if (node !== undefined) {
          this.wanted.delete(uri.fsPath);
          await send({ kind: 'showObject', node });
        }
        this.shown.fire(uri);
      },
      answer: (command, details, signal) => {
        if (!isSnapshotQuestion(command)) {
          throw new Error(`A page may not ask for ${command}.`);
        }
        return file.ask(command, details, { signal });
      },
      copy: (text) => vscode.env.clipboard.writeText(text),
      openSource: (source, line) => showSource(source, line),
      run: (command) => {
        if (command === 'export' || command === 'compare') {
          void vscode.commands.executeCommand(command === 'export' ? Command.snapshotExport : Command.snapshotCompare, uri);
        }
      },
    });
    webview.onDidReceiveMessage((message: PageMessage) => conversation.receive(message));
    panel.onDidDispose(() => {
      conversation.end();
      if (this.pages.get(uri.fsPath) === send) {
        this.pages.delete(uri.fsPath);
      }
    });
  }

  /** Open a snapshot, at one of its objects. */
  async showObject(uri: vscode.Uri, node: number): Promise<void> {
    const send = this.pages.get(uri.fsPath);
    if (send === undefined) {
      this.wanted.set(uri.fsPath, node);
    } else {
      send({ kind: 'showObject', node });
    }
    await openSnapshot(uri);
  }

  dispose(): void {
    this.shown.dispose();
  }
}

export const editorOptions = { webviewOptions: { retainContextWhenHidden: true }, supportsMultipleEditorsPerDocument: true };

/** Open a snapshot in its editor. */
export function openSnapshot(uri: vscode.Uri): Thenable<unknown> {
  return vscode.commands.executeCommand('vscode.openWith', uri, snapshotEditor);
}

function isSnapshotQuestion(command: string): command is SnapshotQuestion {
  return (snapshotQuestions as readonly string[]).includes(command);
}
