// What a person does who tries the debugger out: configurations with mistakes, conditions, choosing the call to step into, the
// console, and a program that runs already.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/workbench_server.mjs';
import { python } from '../support/adapter.mjs';
import { lineWith } from '../support/lines.mjs';
import { storyOf } from '../support/story.mjs';
import { Workbench } from '../support/workbench.mjs';

const example = path.join(root, 'tests', 'end_to_end', 'programs', 'orders');
const line = (text) => lineWith(path.join(example, 'prices.py'), text);

let bench;
let port;
let listening;
before(async () => {
  bench = await Workbench.open({ example });
  port = await freePort(5700);
  const common = { type: 'heapsight', request: 'launch', console: 'internalConsole' };
  const configurations = [
    { ...common, name: 'Orders', program: '${workspaceFolder}/prices.py' },
    { ...common, name: 'Not there', program: '${workspaceFolder}/orders.py' },
    { name: 'Listening', type: 'heapsight', request: 'attach', connect: { port } },
  ];
  mkdirSync(path.join(bench.folder, '.vscode'));
  writeFileSync(path.join(bench.folder, '.vscode', 'launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
});
after(async () => {
  listening?.kill();
  await bench?.close();
});

/** Start the program outside of the editor, and wait until a client can come. */
async function startListening() {
  const words = ['-m', 'heapsight', '--listen', String(port), '-c', 'print("listens", flush=True); import prices'];
  const env = { ...process.env, PYTHONPATH: path.join(root, 'adapter') };
  listening = spawn(python, words, { cwd: bench.folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(listening.stdout, 'data');
}

test('the orders are debugged by somebody who is new to it', async (t) => {
  const step = storyOf(t, (name, work) => bench.watched(`orders-${name}`, work));

  await step('configurations with mistakes say what is wrong', async () => {
    await bench.start();
    await bench.openRunView();
    await bench.openFile('prices.py');
    await bench.extensionReady();
    for (const [name, problem] of [
      ['Not there', "orders.py' does not exist."],
      ['Listening', `Nothing listens at 127.0.0.1:${port}.`],
    ]) {
      await bench.launch(name);
      await bench.dismiss(problem);
      await bench.debugEnded();
    }
  });

  await step('a condition, and one that does not compile', async () => {
    await bench.breakpointWhere(line('return pieces * 4'), 'pieces == 3');
    await bench.breakpointWhere(line('return price * 1.25'), 'price ==');
    await bench.launch('Orders');
    await bench.stoppedAt('net', line('return pieces * 4'));
    await bench.variable('pieces').filter({ hasText: /=\s*3/ }).waitFor();
    await bench.page.locator('.debug-breakpoints .monaco-list-row[aria-label*="Condition `price ==` does not compile"]').waitFor();
  });

  await step('the call to step into is chosen', async () => {
    await bench.command('Remove All Breakpoints');
    await bench.setBreakpoint('prices.py', line('total += gross'));
    await bench.page.keyboard.press('F5');
    await bench.stoppedAt('main', line('total += gross'));
    await bench.command('Debug: Step Into Target');
    await bench.pick('gross(net(pieces))');
    await bench.stoppedAt('gross', line('return price * 1.25'));
  });

  await step('the console awaits', async () => {
    await bench.command('Debug Console: Focus on Debug Console View');
    await bench.page.keyboard.insertText('await discount(price)');
    await bench.page.keyboard.press('Enter');
    await bench.page.locator('.repl .evaluation-result', { hasText: '15' }).waitFor();
  });

  await step('stopping is no news', async () => {
    await bench.page.keyboard.press('Shift+F5');
    await bench.debugEnded();
    await bench.output('The program was ended by SIGTERM.');
    assert.equal(await bench.page.locator('.notification-toast').count(), 0);
  });

  await step('a program that listens is debugged, left alone, and debugged again', async () => {
    await startListening();
    await bench.setBreakpoint('prices.py', line('time.sleep(0.05)'));
    for (let client = 1; client <= 2; client++) {
      await bench.launch('Listening');
      await bench.stoppedAt('main', line('time.sleep(0.05)'));
      // Of a single thread only the frames are shown: nothing is left of the client before.
      assert.equal(await bench.page.locator('.debug-call-stack .thread').count(), 0);
      await bench.command('Debug: Disconnect');
      await bench.debugEnded();
    }
    assert.equal(listening.exitCode, null);
  });
});
