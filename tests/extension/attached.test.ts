import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as vscode from 'vscode';

import type { Exports } from '../../vscode-extension/src/extension';
import { debugType } from '../../vscode-extension/src/shared/ids';
import {
  activated,
  adapterFolder,
  breakAt,
  causes,
  ended,
  freePort,
  goOn,
  lineOf,
  next,
  program,
  stopped,
  tidyUp,
  topFrame,
} from './support';

const kernelFile = program('kernel.py');

/** Tells when an adapter has answered that the program may run: all breakpoints are set then. */
class Configured {
  private readonly emitter = new vscode.EventEmitter<void>();
  private readonly registration = vscode.debug.registerDebugAdapterTrackerFactory(debugType, {
    createDebugAdapterTracker: () => ({
      onDidSendMessage: ({ type, command }: { type?: string; command?: string }) => {
        if (type === 'response' && command === 'configurationDone') {
          this.emitter.fire();
        }
      },
    }),
  });

  next(): Promise<void> {
    return next(this.emitter.event);
  }

  dispose(): void {
    this.registration.dispose();
    this.emitter.dispose();
  }
}

/** A program that runs the cells that it is sent, and listens for a debugger. */
class Kernel {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcessByStdio<Writable, Readable, null>,
    private readonly lines: Interface,
  ) {}

  static async start(python: string): Promise<Kernel> {
    const port = await freePort();
    const args = ['-m', 'heapsight', '--listen', `127.0.0.1:${port}`, kernelFile];
    const env = { ...process.env, PYTHONPATH: adapterFolder() };
    const child = spawn(python, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const kernel = new Kernel(port, child, createInterface({ input: child.stdout }));
    await kernel.says('ready');
    return kernel;
  }

  async says(text: string): Promise<void> {
    for (;;) {
      const [line] = (await once(this.lines, 'line')) as [string];
      if (line === text) {
        return;
      }
    }
  }

  run(name: string, code: string): void {
    this.process.stdin.write(`${JSON.stringify({ name, code })}\n`);
  }

  get isAlive(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  async end(): Promise<void> {
    const exited = this.isAlive ? once(this.process, 'exit') : undefined;
    this.process.kill();
    await exited;
  }
}

suite('attached', () => {
  let parts: Exports;
  let kernel: Kernel;
  let configured: Configured;
  setup(async () => {
    configured = new Configured();
    parts = await activated();
    const choice = await parts.interpreters.resolve(undefined);
    assert.ok(choice.found);
    kernel = await Kernel.start(choice.interpreter.path);
  });
  teardown(async () => {
    await tidyUp();
    configured.dispose();
    await kernel.end();
  });

  async function attach(): Promise<vscode.DebugSession> {
    const [session] = await Promise.all([
      next(vscode.debug.onDidStartDebugSession),
      configured.next(),
      vscode.debug.startDebugging(undefined, {
        type: debugType,
        name: 'test',
        request: 'attach',
        connect: { host: '127.0.0.1', port: kernel.port },
      }),
    ]);
    return session;
  }

  test('Restart attaches to the same program again', async () => {
    breakAt(kernelFile, 'cell');
    await attach();
    const session = await causes(stopped(parts.sessions), () => kernel.run('first', 'count = 1'));
    assert.equal((await topFrame(session, parts.sessions)).line, lineOf(kernelFile, 'cell'));
    const done = kernel.says('done');
    const ready = configured.next();
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    // Nothing holds it any more: the cell runs to its end.
    await done;
    assert.ok(kernel.isAlive);
    await ready;
    const again = await causes(stopped(parts.sessions), () => kernel.run('second', 'count += 1'));
    const frame = await topFrame(again, parts.sessions);
    const question = { expression: 'names["count"]', frameId: frame.id, context: 'watch' };
    assert.equal(((await again.customRequest('evaluate', question)) as { result: string }).result, '1');
    await goOn(again, parts.sessions);
    await causes(ended(), () => vscode.debug.stopDebugging(again));
    assert.ok(kernel.isAlive);
  });
});
