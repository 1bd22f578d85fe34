import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

import type { Exports } from '../../vscode-extension/src/extension';
import type { Comparison } from '../../vscode-extension/src/heap/comparison';
import { Command, View, snapshotEditor } from '../../vscode-extension/src/shared/ids';
import type { HeapNode } from '../../vscode-extension/src/views/heap/nodes';
import { activated, breakAt, causes, debugToStop, ended, goOn, lineOf, next, program, row, rowsBelow, stopped, tidyUp, topFrame } from './support';

const baskets = program('baskets.py');

function heapRow(nodes: HeapNode[], view: Exports['heapView'], start: string): HeapNode {
  const texts = nodes.map((node) => {
    const { label, description } = view.getTreeItem(node);
    return `${typeof label === 'string' ? label : ''} ${typeof description === 'string' ? description : ''}`;
  });
  const found = nodes[texts.findIndex((text) => text.startsWith(start))];
  assert.ok(found, `no row begins with ${start}: ${texts.slice(0, 20).join(' | ')}`);
  return found;
}

suite('the Heap view', () => {
  let parts: Exports;
  let session: vscode.DebugSession;

  setup(async () => {
    parts = await activated();
    await vscode.commands.executeCommand(`${View.heap}.focus`);
    breakAt(baskets, 'filled', 'between', 'after');
    session = await debugToStop(parts.sessions, { program: baskets });
  });
  teardown(async () => {
    await vscode.commands.executeCommand(Command.heapHide);
    await tidyUp();
  });

  /** All of them: what is gone has no size, and stands behind all others. */
  async function types(): Promise<HeapNode[]> {
    for (;;) {
      const nodes = await parts.heapView.getChildren();
      const last = nodes.at(-1);
      if (last?.kind !== 'more') {
        return nodes;
      }
      await vscode.commands.executeCommand(Command.heapLoadMore, last);
    }
  }

  const known = () => parts.heapView.totals !== '' && !parts.heapView.message.startsWith('Running');

  async function goOnToStop(): Promise<void> {
    const before = parts.heapView.totals;
    const told = next(parts.heapView.onDidChangeTreeData, () => known() && parts.heapView.totals !== before);
    await causes(stopped(parts.sessions), () => goOn(session, parts.sessions));
    await told;
  }

  test('asks nothing before it is wanted', async () => {
    assert.deepEqual(await types(), []);
    await vscode.commands.executeCommand(Command.heapShow);
    assert.match(parts.heapView.totals, /^[\d,]+ objects · /);
    heapRow(await types(), parts.heapView, 'Basket 1 · ');
  });

  test('tells from stop to stop what has gone', async () => {
    await vscode.commands.executeCommand(Command.heapShow);
    await goOnToStop();
    heapRow(await types(), parts.heapView, 'Basket 1 · ');
    await goOnToStop();
    assert.match(parts.heapView.totals, /since the last stop$/);
    const gone = heapRow(await types(), parts.heapView, 'Basket 0 · 0 B · −1 · ');
    assert.equal((parts.heapView.getTreeItem(gone).iconPath as vscode.ThemeIcon).id, 'arrow-down');
  });

  test('leads from a type to an instance, and on to the Object view', async () => {
    await vscode.commands.executeCommand(Command.heapShow);
    const type = heapRow(await types(), parts.heapView, 'Basket 1');
    const [basket] = await parts.heapView.getChildren(type);
    assert.equal(basket?.kind, 'instance');
    await vscode.commands.executeCommand(Command.heapInspect, basket);
    const rows = await rowsBelow(parts.objectView);
    row(await rowsBelow(parts.objectView, row(rows, 'What holds it')), 'local basket in fill()');
  });

  test('stops the program where the next instance is created', async () => {
    await vscode.commands.executeCommand(Command.heapShow);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const type = heapRow(await types(), parts.heapView, 'Basket 1');
    await vscode.commands.executeCommand(Command.heapBreakOnNew, type);
    const { description } = parts.heapView.getTreeItem(heapRow(await types(), parts.heapView, 'Basket 1'));
    assert.match(String(description), /stops at new ones$/);
    await goOnToStop();
    const frame = await topFrame(session, parts.sessions);
    assert.equal(frame.line, lineOf(baskets, 'created'));
  });

  test('is empty without a session', async () => {
    await vscode.commands.executeCommand(Command.heapShow);
    await causes(ended(), () => vscode.debug.stopDebugging(session));
    assert.deepEqual(await types(), []);
    assert.match(parts.heapView.message, /stops at a breakpoint/);
  });
});

suite('heap snapshots', () => {
  let parts: Exports;

  setup(async () => {
    parts = await activated();
  });
  teardown(tidyUp);

  test('one is taken, opened, and answers', async () => {
    breakAt(baskets, 'between');
    await debugToStop(parts.sessions, { program: baskets });
    const shown = next(parts.heap.editor.onDidShow);
    const taken = await vscode.commands.executeCommand<vscode.Uri>(Command.snapshotTake);
    assert.equal((await shown).fsPath, taken.fsPath);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, snapshotEditor);

    const file = parts.heap.opened.use(taken.fsPath);
    const { rows } = await file.ask('query', { query: "type == '__main__.Basket'" });
    const [basket] = rows;
    assert.ok(basket);
    assert.match((await file.ask('path', { node: basket.node })).expression ?? '', /KEPT\['ada'\]/);
    file.close();
  });

  test('two are compared, the older one first', async () => {
    breakAt(baskets, 'between', 'after');
    const session = await debugToStop(parts.sessions, { program: baskets });
    const take = () => vscode.commands.executeCommand<vscode.Uri>(Command.snapshotTake);
    const earlier = await take();
    await causes(stopped(parts.sessions), () => goOn(session, parts.sessions));
    const later = await take();
    const comparison = await vscode.commands.executeCommand<Comparison>(Command.snapshotCompare, later, [later, earlier]);
    await next(comparison.onDidShow);
    assert.equal(comparison.panel.title, `${path.basename(earlier.fsPath)} → ${path.basename(later.fsPath)}`);
    await causes(next(comparison.onDidShow), () => comparison.run('swap'));
    assert.equal(comparison.panel.title, `${path.basename(later.fsPath)} → ${path.basename(earlier.fsPath)}`);
    comparison.panel.dispose();
  });

  test('a file that is none says so', async () => {
    const wrong = path.join(path.dirname(baskets), '.heapsight', 'wrong.heapsight');
    mkdirSync(path.dirname(wrong), { recursive: true });
    writeFileSync(wrong, 'no snapshot');
    const file = parts.heap.opened.use(wrong);
    await assert.rejects(file.info(), /snapshot/i);
    file.close();
  });
});
