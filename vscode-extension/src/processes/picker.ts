import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

import { Command } from '../shared/ids';
import { type Process, debuggable, listing, parse } from './list';

interface Item extends vscode.QuickPickItem {
  pid: number;
}

const run = promisify(execFile);

async function processes(): Promise<Process[]> {
  const { command, args } = listing(process.platform);
  const { stdout } = await run(command, args, { maxBuffer: 64 * 1024 * 1024, windowsHide: true });
  return debuggable(parse(process.platform, stdout));
}

/** Let the user choose a Python process; its number as launch.json wants it for `${command:heapsight.pickProcess}`. */
async function pickProcess(): Promise<string | undefined> {
  const items = processes().then((found) => found.map(toItem));
  const picked = await vscode.window.showQuickPick<Item>(items, {
    title: 'Heapsight: Attach to Python Process',
    placeHolder: 'Process to debug',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.pid.toString();
}

const toItem = ({ pid, name, commandLine }: Process): Item => ({
  label: name,
  description: String(pid),
  detail: commandLine,
  pid,
});

/** Where no launch.json is wanted: choose, and attach. */
async function attachToProcess(): Promise<void> {
  const processId = await pickProcess();
  if (processId !== undefined) {
    const name = `Heapsight: Process ${processId}`;
    await vscode.debug.startDebugging(undefined, { type: 'heapsight', request: 'attach', name, processId });
  }
}

export function registerProcesses(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(Command.pickProcess, pickProcess),
    vscode.commands.registerCommand(Command.attachToProcess, attachToProcess),
  );
}
