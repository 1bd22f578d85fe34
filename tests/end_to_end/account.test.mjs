// What a debugger is asked for once stepping works: who changed this value, why does the assertion fail, what does the child do?
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { lineWith } from '../support/lines.mjs';
import { storyOf } from '../support/story.mjs';
import { Workbench } from '../support/workbench.mjs';

const example = path.join(root, 'tests', 'end_to_end', 'programs', 'account');
const main = (text) => lineWith(path.join(example, 'main.py'), text);
const statement = (text) => lineWith(path.join(example, 'statement.py'), text);

let bench;
before(async () => {
  bench = await Workbench.open({ example });
});
after(() => bench?.close());

test('an account is followed through two processes', async (t) => {
  const step = storyOf(t, (name, work) => bench.watched(`account-${name}`, work));

  await step('the program stops at a breakpoint', async () => {
    await bench.start();
    await bench.openRunView();
    await bench.setBreakpoint('main.py', main('account.deposit(5)'));
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('main', main('account.deposit(5)'));
  });

  await step('it stops where the value of an attribute changes, and tells how', async () => {
    await bench.unfoldVariable('account');
    await bench.chooseForVariable('balance', 'Break on Value Change');
    await bench.breakpointNamed('account.balance');
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('Account.deposit', main('self.balance += amount'));
    await bench.stoppedBecause('account.balance: 0 → 5');
    await bench.picture('data-breakpoint');
  });

  await step('again, in the next call', async () => {
    await bench.page.keyboard.press('F5');
    await bench.stoppedBecause('account.balance: 5 → 8');
  });

  await step('what a step out came with is shown', async () => {
    await bench.command('Remove All Breakpoints');
    await bench.page.keyboard.press('Shift+F11');
    await bench.stoppedAt('main', main('subprocess.run'));
    await bench.variable('(return) Account.deposit').filter({ hasText: /=\s*8/ }).waitFor();
  });

  await step('a child process stops at its breakpoint, in a session of its own', async () => {
    await bench.setBreakpoint('statement.py', statement('text = '));
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('write', statement('text = '));
    await bench.page.locator('.debug-call-stack .monaco-list-row', { hasText: 'Subprocess' }).waitFor();
    await bench.variable('balance').filter({ hasText: /=\s*8/ }).waitFor();
  });

  await step('a failed assertion explains itself', async () => {
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('main', main('assert account.balance'));
    const text = await bench.exception();
    assert.match(text, /AssertionError/);
    assert.match(text, /money is missing/);
    assert.match(text, /account\.balance = 8/);
    assert.match(text, /sum\(\[5, 4\]\) = .*not kept/);
    await bench.picture('assertion');
  });

  await step('and the program ends', async () => {
    await bench.page.keyboard.press('F5');
    await bench.debugEnded();
  });
});
