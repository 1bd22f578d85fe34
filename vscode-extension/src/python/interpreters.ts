import { homedir } from 'node:os';
import * as vscode from 'vscode';

import type { Disposing } from '../common/disposing';
import type { Choice, Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import { affects, setting } from '../common/settings';
import { Command } from '../shared/ids';
import { type Surroundings, candidates } from './candidates';
import { choose } from './choose';
import { MicrosoftPython } from './microsoft';
import { pickInterpreter } from './picker';
import { Prober } from './probe';

/** Which Python to use: the setting, Microsoft's extension, the workspace's environment, the PATH. */
export function registerPython(context: vscode.ExtensionContext, log: Log): Interpreters {
  const interpreters = new WorkspaceInterpreters(log);
  context.subscriptions.push(
    interpreters,
    vscode.commands.registerCommand(Command.selectInterpreter, () => interpreters.select()),
  );
  return interpreters;
}

class WorkspaceInterpreters implements Interpreters {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly prober = new Prober();
  private readonly microsoft: MicrosoftPython;
  private readonly subscriptions: Disposing[];
  private readonly probe = (path: string) => this.prober.probe(path);

  constructor(private readonly log: Log) {
    this.microsoft = new MicrosoftPython(log);
    this.subscriptions = [
      this.changed,
      this.microsoft,
      this.microsoft.onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => affects(event, 'python') && this.changed.fire()),
    ];
  }

  async resolve(folder: vscode.WorkspaceFolder | undefined): Promise<Choice> {
    const choice = await choose(candidates(await this.surroundings(folder)), this.probe);
    if (choice.found) {
      this.log.info(`Python ${choice.interpreter.version.join('.')}: ${choice.interpreter.path}`);
    } else {
      this.log.warn(choice.problem);
    }
    return choice;
  }

  check(path: string): Promise<Choice> {
    return choose([{ path, source: 'the launch configuration', chosen: true }], this.probe);
  }

  report(problem: string): void {
    const select = 'Select Interpreter…';
    const settings = 'Open Settings';
    void vscode.window.showErrorMessage(problem, select, settings).then((answer) => {
      if (answer === select) {
        return vscode.commands.executeCommand(Command.selectInterpreter);
      }
      return answer === settings
        ? vscode.commands.executeCommand('workbench.action.openSettings', 'heapsight.python')
        : undefined;
    });
  }

  /** The other extension's own picker where it decides, else ours. */
  async select(): Promise<void> {
    if (this.microsoft.installed && setting('python') === '') {
      await vscode.commands.executeCommand('python.setInterpreter');
      return;
    }
    const around = await this.surroundings(vscode.workspace.workspaceFolders?.[0]);
    await pickInterpreter(candidates({ ...around, setting: '' }), this.probe);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async surroundings(folder: vscode.WorkspaceFolder | undefined): Promise<Surroundings> {
    const own = setting('python', folder?.uri).trim();
    return {
      platform: process.platform,
      home: homedir(),
      searchPath: process.env['PATH'] ?? '',
      folder: folder?.uri.fsPath,
      setting: own,
      pythonExtension: own === '' ? await this.microsoft.selected(folder) : undefined,
    };
  }
}
