import * as vscode from 'vscode';

import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import type { Sessions } from '../common/sessions';
import { Command, snapshotEditor } from '../shared/ids';
import { traceAllocations } from './allocations';
import { SnapshotEditor, editorOptions } from './editor';
import { OpenSnapshots } from './opened';
import { startWorker } from './process';
import { Snapshots } from './snapshots';
import { HeapWorker } from './worker';

/** Snapshots of the whole heap: taking, reading, comparing and exporting them. */
export function registerHeap(
  context: vscode.ExtensionContext,
  interpreters: Interpreters,
  sessions: Sessions,
  log: Log,
): { worker: HeapWorker; opened: OpenSnapshots; editor: SnapshotEditor } {
  const worker = new HeapWorker(
    () => startWorker(context, interpreters, log),
    (text) => log.warn(text),
  );
  const opened = new OpenSnapshots(worker);
  const editor = new SnapshotEditor(context, opened);
  const snapshots = new Snapshots(context, sessions, opened, editor);
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    worker,
    editor,
    vscode.window.registerCustomEditorProvider(snapshotEditor, editor, editorOptions),
    registerCommand(Command.traceAllocations, () => traceAllocations(sessions)),
    registerCommand(Command.snapshotTake, () => snapshots.take()),
    registerCommand(Command.snapshotOpen, () => snapshots.open()),
    registerCommand(Command.snapshotCompare, (clicked: unknown, selected: unknown) => snapshots.compare(clicked, selected)),
    registerCommand(Command.snapshotExport, (clicked: unknown) => snapshots.exportSnapshot(clicked)),
  );
  return { worker, opened, editor };
}
