import { PVSC_EXTENSION_ID, PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';

import type { Log } from '../common/log';

/** Microsoft's Python extension, where it is installed: the interpreter selected there. */
export class MicrosoftPython {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private api: Promise<PythonExtension | undefined> | undefined;
  private subscription: vscode.Disposable | undefined;

  constructor(private readonly log: Log) {}

  get installed(): boolean {
    return vscode.extensions.getExtension(PVSC_EXTENSION_ID) !== undefined;
  }

  async selected(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
    if (!this.installed) {
      return undefined;
    }
    this.api ??= this.connect();
    const environments = (await this.api)?.environments;
    const path = environments?.getActiveEnvironmentPath(folder?.uri);
    const resolved = path && (await environments?.resolveEnvironment(path));
    return resolved?.executable.uri?.fsPath;
  }

  dispose(): void {
    this.subscription?.dispose();
    this.changed.dispose();
  }

  private async connect(): Promise<PythonExtension | undefined> {
    try {
      const api = await PythonExtension.api();
      this.subscription = api.environments.onDidChangeActiveEnvironmentPath(() => this.changed.fire());
      return api;
    } catch (error) {
      this.log.warn(`The Python extension does not answer: ${String(error)}`);
      this.api = undefined; // it may answer later
      return undefined;
    }
  }
}
