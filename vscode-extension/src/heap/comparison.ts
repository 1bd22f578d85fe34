import * as path from 'node:path';
import * as vscode from 'vscode';

import { comparisonPanel } from '../shared/ids';
import type { HostMessage, PageMessage } from '../shared/pageMessages';
import { Conversation } from './conversation';
import type { OpenSnapshots, SnapshotFile } from './opened';
import { pageFolder, pageHtml } from './page';
import { showSource } from './source';

/** Show what has changed from one snapshot to another, in a panel of its own. */
export function showComparison(
  context: vscode.ExtensionContext,
  snapshots: OpenSnapshots,
  before: vscode.Uri,
  after: vscode.Uri,
): vscode.WebviewPanel {
  const title = `${path.basename(before.fsPath)} → ${path.basename(after.fsPath)}`;
  const panel = vscode.window.createWebviewPanel(comparisonPanel, title, vscode.ViewColumn.Active, {
    enableScripts: true,
    retainContextWhenHidden: true,
    localResourceRoots: [pageFolder(context)],
  });
  const { webview } = panel;
  webview.html = pageHtml(context, webview, 'comparison.js', title);
  const [earlier, later] = [snapshots.use(before.fsPath), snapshots.use(after.fsPath)];
  const send = (message: HostMessage) => webview.postMessage(message);
  const titleOf = async (file: SnapshotFile) => ({
    name: path.basename(file.path),
    path: file.path,
    info: await file.info((progress) => void send({ kind: 'progress', ...progress })),
  });
  const conversation = new Conversation(send, {
    ready: async () => {
      await send({ kind: 'comparison', before: await titleOf(earlier), after: await titleOf(later) });
    },
    answer: async (command, details, signal) => {
      if (command !== 'compare') {
        throw new Error(`A page may not ask for ${command}.`);
      }
      const [first, second] = [await earlier.info(), await later.info()];
      const question = { ...details, before: first.snapshot, after: second.snapshot };
      return later.request('compare', question, { signal });
    },
    copy: (text) => vscode.env.clipboard.writeText(text),
    openSource: (source, line) => showSource(source, line),
    exportIt: () => undefined,
    compare: () => undefined,
  });
  webview.onDidReceiveMessage((message: PageMessage) => conversation.receive(message));
  panel.onDidDispose(() => {
    conversation.end();
    earlier.close();
    later.close();
  });
  return panel;
}
