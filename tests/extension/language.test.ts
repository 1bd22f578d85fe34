import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import type { Exports } from '../../vscode-extension/src/extension';
import { Command } from '../../vscode-extension/src/shared/ids';
import { activated, lineOf, open, program, tidyUp } from './support';

const baskets = program('baskets.py');

suite('the language server', () => {
  let parts: Exports;
  let document: vscode.TextDocument;

  setup(async () => {
    parts = await activated();
    ({ document } = await open(baskets));
    // Also what shows that it can be started again; resolves when the server runs.
    await vscode.commands.executeCommand(Command.restartLanguageServer);
  });
  teardown(tidyUp);

  async function expressionAt(lineText: string, word: string): Promise<string | undefined> {
    const line = document
      .getText()
      .split('\n')
      .findIndex((text) => text.includes(lineText));
    const column = document.lineAt(line).text.indexOf(word);
    const found = await parts.expressions.at(document, new vscode.Position(line, column + 1));
    return found?.expression;
  }

  test('knows the expression under the cursor', async () => {
    assert.equal(await expressionAt('self.owner = owner', 'owner'), 'self.owner');
    assert.equal(await expressionAt('KEPT[owner] = basket', 'basket'), 'basket');
  });

  test('knows what is none', async () => {
    assert.equal(await expressionAt('return basket', 'return'), undefined);
    assert.equal(await expressionAt('"""Keeps a basket', 'basket'), undefined);
  });

  test('gives inline values up to the stopped line', async () => {
    const stopped = lineOf(baskets, 'filled') - 1;
    const context: vscode.InlineValueContext = {
      frameId: 1,
      stoppedLocation: new vscode.Range(stopped, 0, stopped, 0),
    };
    const everything = new vscode.Range(0, 0, document.lineCount, 0);
    const values = await vscode.commands.executeCommand<{ variableName?: string }[]>(
      'vscode.executeInlineValueProvider',
      document.uri,
      everything,
      context,
    );
    const names = new Set(values.map((value) => value.variableName));
    assert.ok(names.has('basket') && names.has('owner'), [...names].join());
    assert.ok(!names.has('self'), 'a name of another function');
  });
});
