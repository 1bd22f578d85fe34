import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';

import type { Sessions } from '../../vscode-extension/src/common/sessions';
import type { Exports } from '../../vscode-extension/src/extension';
import { debugType } from '../../vscode-extension/src/shared/ids';
import type { TreeNode } from '../../vscode-extension/src/views/object/nodes';

export function extension(): vscode.Extension<Exports> {
  const found = vscode.extensions.getExtension<Exports>('heapsight.heapsight');
  assert.ok(found, 'the extension is there');
  return found;
}

export const activated = (): Promise<Exports> => Promise.resolve(extension().activate());

export const adapterFolder = () => path.resolve(extension().extensionPath, '../adapter');

/** A file of the open folder, which is a copy of `programs`. */
export function program(name: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return path.join(folder.uri.fsPath, name);
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Line, from 1, of the comment `# @marker` in a program. */
export function lineOf(file: string, marker: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => new RegExp(`# @${marker}\\b`).test(line));
  assert.notEqual(index, -1, `${file} has no @${marker}`);
  return index + 1;
}

export async function open(file: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
}

export function breakAt(file: string, ...markers: string[]): void {
  const places = markers.map((marker) => new vscode.Position(lineOf(file, marker) - 1, 0));
  vscode.debug.addBreakpoints(
    places.map((place) => new vscode.SourceBreakpoint(new vscode.Location(vscode.Uri.file(file), place))),
  );
}

/** The first event that `wanted` accepts. Listens from the moment of the call on. */
export function next<T>(event: vscode.Event<T>, wanted: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const subscription = event((value) => {
      if (wanted(value)) {
        subscription.dispose();
        resolve(value);
      }
    });
  });
}

/** Does `act`, and waits for what it causes. */
export async function causes<T>(event: Promise<T>, act: () => unknown): Promise<T> {
  const [caused] = await Promise.all([event, act()]);
  return caused;
}

export function stopped(sessions: Sessions): Promise<vscode.DebugSession> {
  return next(sessions.onDidChange, ({ state }) => state.kind === 'stopped').then(({ session }) => session);
}

export const ended = () => next(vscode.debug.onDidTerminateDebugSession, ({ type }) => type === debugType);

/** Debug a program until its first stop. */
export async function debugToStop(sessions: Sessions, configuration: object): Promise<vscode.DebugSession> {
  const stop = stopped(sessions);
  const started = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
    type: debugType,
    request: 'launch',
    name: 'test',
    console: 'internalConsole',
    ...configuration,
  });
  assert.ok(started, 'the session starts');
  return stop;
}

interface Frame {
  id: number;
  name: string;
  line: number;
}

export async function topFrame(session: vscode.DebugSession, sessions: Sessions): Promise<Frame> {
  const state = sessions.stateOf(session.id);
  assert.equal(state.kind, 'stopped');
  const question = { threadId: (state as { threadId: number }).threadId, levels: 1 };
  const { stackFrames } = (await session.customRequest('stackTrace', question)) as { stackFrames: Frame[] };
  assert.ok(stackFrames[0]);
  return stackFrames[0];
}

/** Let the stopped thread run on. */
export async function goOn(session: vscode.DebugSession, sessions: Sessions): Promise<void> {
  const state = sessions.stateOf(session.id);
  assert.equal(state.kind, 'stopped');
  await session.customRequest('continue', { threadId: (state as { threadId: number }).threadId });
}

/** The text of a row of the Object view. */
export function rowText(view: Exports['objectView'], node: TreeNode): string {
  const { label, description } = view.getTreeItem(node);
  return `${typeof label === 'string' ? label : ''} ${typeof description === 'string' ? description : ''}`.trim();
}

/** The rows below a row of the Object view, or its first ones. */
export async function rowsBelow(view: Exports['objectView'], node?: TreeNode): Promise<Map<string, TreeNode>> {
  const nodes = await view.getChildren(node);
  return new Map(nodes.map((child) => [rowText(view, child), child]));
}

/** The row that begins like that. */
export function row(rows: Map<string, TreeNode>, start: string): TreeNode {
  const found = [...rows].find(([text]) => text.startsWith(start));
  assert.ok(found, `no row begins with ${start}: ${[...rows.keys()].join(' | ')}`);
  return found[1];
}

/** No session, no breakpoint, no open editor: what each test begins with. */
export async function tidyUp(): Promise<void> {
  if (vscode.debug.activeDebugSession !== undefined) {
    await causes(ended(), () => vscode.debug.stopDebugging());
  }
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
