import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import { Command } from '../../vscode-extension/src/shared/ids';
import { activated, extension, open, program, tidyUp } from './support';

suite('the extension', () => {
  teardown(tidyUp);

  test('is active once a Python file is open', async () => {
    await open(program('baskets.py'));
    await activated();
    assert.ok(extension().isActive);
  });

  test('has its commands', async () => {
    await activated();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(Command).filter((command) => !registered.has(command)),
      [],
    );
  });

  test('has an empty Object view while nothing is debugged', async () => {
    const { objectView } = await activated();
    assert.deepEqual(await objectView.getChildren(), []);
    assert.equal(objectView.message, '');
  });

  test('finds an interpreter without any setting', async () => {
    const { interpreters } = await activated();
    const choice = await interpreters.resolve(vscode.workspace.workspaceFolders?.[0]);
    assert.ok(choice.found, JSON.stringify(choice));
    assert.ok(choice.interpreter.version[1] >= 11);
  });
});
