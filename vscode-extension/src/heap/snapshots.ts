import * as vscode from 'vscode';

import type { Sessions } from '../common/sessions';
import { fileName, formatBytes } from '../shared/format';
import type { SnapshotTaken } from '../shared/heapProtocol';
import { snapshotExtension } from '../shared/ids';
import type { ExportFormat } from '../shared/workerProtocol';
import { activeSnapshot, knownSnapshots, pickSnapshot } from './choosing';
import { type Comparison, showComparison } from './comparison';
import { messageOf } from './conversation';
import { type SnapshotEditor, openSnapshot } from './editor';
import type { OpenSnapshots } from './opened';
import { Cancelled } from './worker';

const takenKey = 'heapsight.snapshotsTaken';
const takenLimit = 20;
const snapshotRequest = 'heapsight/snapshot';

const formats: (vscode.QuickPickItem & { format: ExportFormat; suffix: string })[] = [
  { format: 'heapsnapshot', suffix: '.heapsnapshot', label: 'Heap snapshot of V8', detail: 'For Chrome DevTools, memlab and VS Code’s own viewer' },
  { format: 'html', suffix: '.html', label: 'Report', detail: 'One HTML file to send to someone' },
  { format: 'csv', suffix: '.csv', label: 'CSV', detail: 'Types with count, size and retained size' },
  { format: 'json', suffix: '.json', label: 'JSON', detail: 'The same for scripts' },
  { format: 'heapprofile', suffix: '.heapprofile', label: 'Heap profile', detail: 'Where memory was allocated; needs a snapshot taken with traceAllocations' },
];

/** The commands about snapshots of the whole heap. */
export class Snapshots {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly sessions: Sessions,
    private readonly opened: OpenSnapshots,
    private readonly editor: SnapshotEditor,
  ) {}

  /** Of the program that is debugged; opens what was taken. */
  async take(): Promise<vscode.Uri | undefined> {
    const session = this.sessions.active;
    if (session === undefined) {
      await vscode.window.showInformationMessage('A heap snapshot is taken of a program that is being debugged.');
      return undefined;
    }
    try {
      // In the status bar alone: where it takes a second, VS Code itself shows what the adapter reports, and lets the user cancel.
      const taken = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Taking a heap snapshot' },
        async () => (await session.customRequest(snapshotRequest, {})) as SnapshotTaken,
      );
      await this.remember(taken.path);
      vscode.window.setStatusBarMessage(takenText(taken), 10_000);
      const uri = vscode.Uri.file(taken.path);
      await openSnapshot(uri);
      return uri;
    } catch (error) {
      await this.explain('No snapshot was taken', error);
      return undefined;
    }
  }

  async open(): Promise<void> {
    const uri = await pickSnapshot('Open Heap Snapshot', this.taken);
    if (uri !== undefined) {
      await openSnapshot(uri);
    }
  }

  /** From the explorer with one or two files, else with what is picked. */
  async compare(clicked: unknown, selected: unknown): Promise<Comparison | undefined> {
    const chosen = selectedFiles(clicked, selected);
    const [first, second] = chosen;
    const pair =
      first !== undefined && second !== undefined ? ([first, second] as const) : await this.pickPair(first ?? activeSnapshot());
    return pair && showComparison(this.context, this.opened, this.editor, ...pair);
  }

  async exportSnapshot(clicked: unknown): Promise<void> {
    const [given] = selectedFiles(clicked, undefined);
    const source = given ?? activeSnapshot() ?? (await pickSnapshot('Export Heap Snapshot', this.taken));
    if (source === undefined) {
      return;
    }
    const title = `Export ${fileName(source.fsPath)} As`;
    const chosen = await vscode.window.showQuickPick(formats, { title });
    if (chosen === undefined) {
      return;
    }
    const defaultUri = source.with({ path: source.path.replace(/(\.heapsight)?$/, chosen.suffix) });
    const target = await vscode.window.showSaveDialog({ title: 'Export Heap Snapshot', defaultUri });
    if (target !== undefined) {
      await this.write(source, chosen.format, target);
    }
  }

  private async write(source: vscode.Uri, format: ExportFormat, target: vscode.Uri): Promise<void> {
    const file = this.opened.use(source.fsPath);
    const options = { location: vscode.ProgressLocation.Notification, title: 'Exporting the snapshot', cancellable: true };
    try {
      await vscode.window.withProgress(options, async (_progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        await file.request('export', { format, path: target.fsPath }, { signal: controller.signal });
      });
    } catch (error) {
      await this.explain('Nothing was exported', error);
      return;
    } finally {
      file.close();
    }
    await this.offerToOpen(target);
  }

  private async offerToOpen(target: vscode.Uri): Promise<void> {
    const open = 'Open';
    if ((await vscode.window.showInformationMessage(`Written: ${target.fsPath}`, open)) === open) {
      // A page of HTML is for a browser; one on another machine than the window can only be read.
      if (target.path.endsWith('.html') && vscode.env.remoteName === undefined) {
        await vscode.env.openExternal(target);
      } else {
        await vscode.commands.executeCommand('vscode.open', target);
      }
    }
  }

  private async pickPair(first: vscode.Uri | undefined): Promise<[vscode.Uri, vscode.Uri] | undefined> {
    const [newest, second] = await knownSnapshots(this.taken);
    if (first === undefined && newest !== undefined && second !== undefined) {
      const lastTwo = {
        label: 'The last two',
        description: `${fileName(second.fsPath)} → ${fileName(newest.fsPath)}`,
      };
      const others = { label: 'Choose two…' };
      const choice = await vscode.window.showQuickPick([lastTwo, others], { title: 'Compare Heap Snapshots' });
      if (choice !== others) {
        return choice && [second, newest];
      }
    }
    const before = first ?? (await pickSnapshot('Compare: the First Snapshot', this.taken));
    const after = before && (await pickSnapshot(`Compare ${fileName(before.fsPath)} With`, this.taken, before));
    return after && [before, after];
  }

  private get taken(): string[] {
    return this.context.workspaceState.get<string[]>(takenKey, []);
  }

  private async remember(path: string): Promise<void> {
    const all = [path, ...this.taken.filter((other) => other !== path)];
    await this.context.workspaceState.update(takenKey, all.slice(0, takenLimit));
  }

  /** One that was cancelled needs no words. */
  private async explain(what: string, error: unknown): Promise<void> {
    const message = messageOf(error);
    if (!(error instanceof Cancelled) && !/cancell?ed/i.test(message)) {
      await vscode.window.showWarningMessage(`${what}: ${message}`);
    }
  }
}

function selectedFiles(clicked: unknown, selected: unknown): vscode.Uri[] {
  const all: unknown[] = Array.isArray(selected) && selected.length > 1 ? selected : [clicked];
  return all.filter((item) => item instanceof vscode.Uri).filter(({ path }) => path.endsWith(snapshotExtension));
}

function takenText({ nodes, fileBytes, pauseSeconds }: SnapshotTaken): string {
  const pause = `${(pauseSeconds * 1000).toFixed(1)} ms`;
  return `$(device-camera) ${nodes.toLocaleString('en-US')} objects, ${formatBytes(fileBytes)}; the program stood still for ${pause}`;
}
