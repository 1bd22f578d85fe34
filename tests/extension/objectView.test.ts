import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import type { Exports } from '../../vscode-extension/src/extension';
import { Command } from '../../vscode-extension/src/shared/ids';
import {
  activated,
  breakAt,
  causes,
  debugToStop,
  ended,
  goOn,
  lineOf,
  next,
  open,
  program,
  row,
  rowsBelow,
  stopped,
  tidyUp,
  topFrame,
} from './support';

const baskets = program('baskets.py');

interface Scope {
  name: string;
  variablesReference: number;
}

suite('the Object view', () => {
  let parts: Exports;
  let session: vscode.DebugSession;

  setup(async () => {
    parts = await activated();
    breakAt(baskets, 'filled', 'between', 'after');
    session = await debugToStop(parts.sessions, { program: baskets });
  });
  teardown(tidyUp);

  /** As the context menu of a row in Variables calls it. */
  async function whatHolds(name: string): Promise<void> {
    const frame = await topFrame(session, parts.sessions);
    const { scopes } = (await session.customRequest('scopes', { frameId: frame.id })) as { scopes: Scope[] };
    const locals = scopes.find((scope) => scope.name === 'Locals');
    const argument = { sessionId: session.id, container: locals, variable: { name, evaluateName: name } };
    await vscode.commands.executeCommand(Command.whatHoldsThis, argument);
  }

  const rows = () => rowsBelow(parts.objectView);
  const held = async () => rowsBelow(parts.objectView, row(await rows(), 'What holds it'));
  /** The next stop, and what the view then shows. */
  async function goOnToStop(): Promise<void> {
    // A program that runs for long enough makes the view say so, which is a change as well.
    const changed = next(parts.objectView.onDidChangeTreeData, () => !parts.objectView.message.startsWith('Running'));
    await causes(stopped(parts.sessions), () => goOn(session, parts.sessions));
    await changed;
  }

  test('shows an object, its facts, and what holds it up to the root', async () => {
    await whatHolds('basket');
    assert.equal(parts.objectView.message, '');
    const subject = row(await rows(), 'basket Basket');
    const facts = await rowsBelow(parts.objectView, subject);
    for (const fact of [
      'Shallow size',
      'Deep size',
      'References',
      'Garbage collector tracked',
      'Weak references 0',
      'Address 0x',
      'Class',
    ]) {
      row(facts, fact);
    }
    const holders = await held();
    row(holders, 'local basket in fill()');
    const item = row(holders, "['ada'] dict");
    row(await rowsBelow(parts.objectView, item), 'global KEPT');
  });

  test('jumps to where the class is defined', async () => {
    await whatHolds('basket');
    const facts = await rowsBelow(parts.objectView, row(await rows(), 'basket'));
    await vscode.commands.executeCommand(Command.objectJumpToSource, row(facts, 'Class'));
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, baskets);
    assert.match(editor.document.lineAt(editor.selection.active.line).text, /class Basket/);
  });

  test('takes the expression at the cursor', async () => {
    const editor = await open(baskets);
    const line = lineOf(baskets, 'filled') - 2;
    const column = editor.document.lineAt(line).text.lastIndexOf('basket') + 2;
    editor.selection = new vscode.Selection(line, column, line, column);
    await vscode.commands.executeCommand(Command.whatHoldsThis, editor.document.uri);
    row(await rows(), 'basket Basket');
  });

  test('follows an object from stop to stop, until it is gone', async () => {
    await whatHolds('basket');
    await goOnToStop();
    assert.equal(parts.objectView.message, '');
    row(await rows(), 'basket Basket');
    const holders = [...(await held()).keys()];
    assert.ok(!holders.some((text) => text.startsWith('local basket')), holders.join());

    await goOnToStop();
    assert.equal(parts.objectView.message, 'basket is gone: nothing refers to it any more.');
    row(await rows(), 'basket Basket');
  });

  test('inspects what it shows, and goes back', async () => {
    await whatHolds('basket');
    await vscode.commands.executeCommand(Command.objectInspect, row(await held(), "['ada'] dict"));
    row(await held(), 'global KEPT');
    await vscode.commands.executeCommand(Command.objectBack);
    row(await rows(), 'basket Basket');
  });

  test('copies how an object is held', async () => {
    await whatHolds('basket');
    const above = await rowsBelow(parts.objectView, row(await held(), "['ada']"));
    await vscode.commands.executeCommand(Command.objectCopyPath, row(above, 'global KEPT'));
    assert.match(await vscode.env.clipboard.readText(), /^global KEPT.* → \['ada'\] → basket$/);
  });

  test('says why an expression cannot be evaluated', async () => {
    const argument = { sessionId: session.id, variable: { name: 'nothing', evaluateName: 'nothing' } };
    await vscode.commands.executeCommand(Command.whatHoldsThis, argument);
    assert.match(parts.objectView.message, /^nothing: .*NameError/);
    assert.deepEqual(await parts.objectView.getChildren(), []);
  });

  test('is empty after the session', async () => {
    await whatHolds('basket');
    await causes(ended(), () => vscode.debug.stopDebugging(session));
    assert.deepEqual(await parts.objectView.getChildren(), []);
    assert.equal(parts.objectView.message, '');
  });
});
