import { spawn } from 'node:child_process';
import * as vscode from 'vscode';

import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import { pythonPackage } from '../common/package';
import type { WorkerProcess } from './worker';

// What a process that died wrote last is told; a traceback's end says what happened.
const tailLimit = 2000;

/** Start a heap worker with the workspace's interpreter. */
export async function startWorker(
  context: vscode.ExtensionContext,
  interpreters: Interpreters,
  log: Log,
): Promise<WorkerProcess> {
  const choice = await interpreters.resolve(vscode.workspace.workspaceFolders?.[0]);
  if (!choice.found) {
    throw new Error(`Reading a heap snapshot takes Python. ${choice.problem}`);
  }
  const { folder, problem } = pythonPackage(context);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  log.info(`Heap worker: ${choice.interpreter.path} ${folder} heap-worker`);
  return spawned(choice.interpreter.path, [folder, 'heap-worker'], log);
}

function spawned(command: string, args: string[], log: Log): WorkerProcess {
  const env = { ...process.env, PYTHONUTF8: '1' };
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.debug(`Heap worker: ${text.trimEnd()}`);
    tail = (tail + text).slice(-tailLimit);
  });
  child.stdin.on('error', () => undefined); // it has ended: 'close' tells
  return {
    write: (data) => void child.stdin.write(data),
    onData: (listener) => void child.stdout.on('data', listener),
    onEnd(listener) {
      child.on('error', (error) => listener(error.message));
      child.on('close', (code, signal) => listener(lastLine(tail) ?? `exit code ${signal ?? code ?? 'unknown'}`));
    },
    end: () => void child.kill(),
  };
}

function lastLine(text: string): string | undefined {
  const line = text.trimEnd().split('\n').pop()?.trim() ?? '';
  return line === '' ? undefined : line;
}
