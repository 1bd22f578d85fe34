import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as vscode from 'vscode';

import type { Exports } from '../../vscode-extension/src/extension';
import { debugType } from '../../vscode-extension/src/shared/ids';
import {
  activated,
  adapterFolder,
  breakAt,
  causes,
  debugToStop,
  ended,
  freePort,
  goOn,
  lineOf,
  next,
  open,
  program,
  stopped,
  tidyUp,
  topFrame,
} from './support';

const baskets = program('baskets.py');

interface Message {
  type?: string;
  event?: string;
  body?: { category?: string; output?: string; exitCode?: number };
}

/** What a session's adapter sends, from now on. */
function listen(): { messages: Message[]; dispose: () => void } {
  const messages: Message[] = [];
  const registration = vscode.debug.registerDebugAdapterTrackerFactory(debugType, {
    createDebugAdapterTracker: () => ({ onDidSendMessage: (message: Message) => void messages.push(message) }),
  });
  return { messages, dispose: () => void registration.dispose() };
}

suite('debugging', () => {
  let parts: Exports;
  setup(async () => {
    parts = await activated();
  });
  teardown(tidyUp);

  test('F5 without launch.json debugs the current file', async () => {
    await open(baskets);
    breakAt(baskets, 'filled');
    const stop = stopped(parts.sessions);
    const session = await causes(stop, () => vscode.commands.executeCommand('workbench.action.debug.start'));
    assert.equal(session.type, debugType);
    assert.equal(session.configuration['program'], baskets);
    assert.equal(session.configuration['console'], 'integratedTerminal');
    assert.equal((await topFrame(session, parts.sessions)).line, lineOf(baskets, 'filled'));
  });

  test('a program stops at its breakpoints, shows its output, and ends', async () => {
    breakAt(baskets, 'filled', 'after');
    const told = listen();
    const session = await debugToStop(parts.sessions, { program: baskets });
    const frame = await topFrame(session, parts.sessions);
    assert.deepEqual([frame.name, frame.line], ['fill', lineOf(baskets, 'filled')]);

    const question = { expression: 'basket.items', frameId: frame.id, context: 'repl' };
    const { result } = (await session.customRequest('evaluate', question)) as { result: string };
    assert.match(result, /\['tea'\]/);

    await causes(stopped(parts.sessions), () => goOn(session, parts.sessions));
    assert.equal((await topFrame(session, parts.sessions)).line, lineOf(baskets, 'after'));
    await causes(ended(), () => goOn(session, parts.sessions));
    told.dispose();

    const text = (category: string) =>
      told.messages.map(({ body }) => (body?.category === category ? (body.output ?? '') : '')).join('');
    assert.match(text('stdout'), /between\s+after/);
    assert.deepEqual(
      told.messages.filter(({ event }) => event === 'exited').map(({ body }) => body?.exitCode),
      [0],
    );
  });

  test('a program that listens can be attached to', async () => {
    const choice = await parts.interpreters.resolve(undefined);
    assert.ok(choice.found);
    const port = await freePort();
    const args = ['-m', 'heapsight', '--listen', `127.0.0.1:${port}`, '--wait-for-client', baskets];
    const env = { ...process.env, PYTHONPATH: adapterFolder() };
    const child = spawn(choice.interpreter.path, args, { env, stdio: 'ignore' });
    const exited = once(child, 'exit');
    try {
      await listening(port);
      breakAt(baskets, 'filled');
      const connect = { host: '127.0.0.1', port };
      const session = await debugToStop(parts.sessions, { request: 'attach', connect });
      assert.equal((await topFrame(session, parts.sessions)).line, lineOf(baskets, 'filled'));
      vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
      await causes(ended(), () => goOn(session, parts.sessions));
      assert.deepEqual(await exited, [0, null]);
    } finally {
      child.kill();
    }
  });

  test('an interpreter that is not there ends in a message, not in a session', async () => {
    const started = next(vscode.debug.onDidStartDebugSession);
    const configuration = {
      type: debugType,
      request: 'launch',
      name: 'test',
      program: baskets,
      python: '/nowhere/python',
    };
    assert.equal(await vscode.debug.startDebugging(undefined, configuration), false);
    assert.equal(await Promise.race([started, Promise.resolve('nothing')]), 'nothing');
  });
});

/** Until somebody listens there. The program itself says nothing. */
async function listening(port: number): Promise<void> {
  const { connect } = await import('node:net');
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const outcome = await new Promise((resolve) => {
      socket.once('connect', () => resolve('open'));
      socket.once('error', () => resolve('closed'));
    });
    socket.destroy();
    if (outcome === 'open') {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
