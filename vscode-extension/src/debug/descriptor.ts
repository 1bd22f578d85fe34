import * as vscode from 'vscode';

import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import { pythonPackage } from '../common/package';
import { debugType } from '../shared/ids';
import { adapterPlace, connectAddress, namedInterpreter } from './configuration';
import { unreachable } from './reachable';

/** Starts the debug adapter, or finds the one that a waiting program has started. */
export class DescriptorFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly interpreters: Interpreters,
    private readonly log: Log,
  ) {}

  async createDebugAdapterDescriptor(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor | undefined> {
    const { configuration } = session;
    const needsPython = configuration.request !== 'attach' || connectAddress(configuration) === undefined;
    const python = needsPython ? await this.python(session) : '';
    if (python === undefined) {
      return undefined;
    }
    const chosen: unknown = configuration['debugAdapterPath'];
    const { folder, problem } = pythonPackage(this.context, typeof chosen === 'string' && chosen !== '' ? chosen : undefined);
    if (needsPython && problem !== undefined) {
      throw new Error(problem);
    }
    const place = adapterPlace(configuration, python, folder);
    if (place.kind === 'server') {
      this.log.info(`Debug adapter at ${place.host}:${place.port}`);
      const why = await unreachable(place.host, place.port);
      if (why !== undefined) {
        // VS Code itself would show no more than the system's word for it.
        throw new Error(why);
      }
      return new vscode.DebugAdapterServer(place.port, place.host);
    }
    this.log.info(`Debug adapter: ${[place.command, ...place.args].join(' ')}`);
    return new vscode.DebugAdapterExecutable(place.command, place.args);
  }

  private async python(session: vscode.DebugSession): Promise<string | undefined> {
    const named = namedInterpreter(session.configuration);
    if (named !== undefined) {
      return named;
    }
    const choice = await this.interpreters.resolve(session.workspaceFolder);
    if (!choice.found) {
      this.interpreters.report(choice.problem);
      return undefined;
    }
    return choice.interpreter.path;
  }
}

export function registerDescriptor(context: vscode.ExtensionContext, interpreters: Interpreters, log: Log): void {
  const factory = new DescriptorFactory(context, interpreters, log);
  context.subscriptions.push(vscode.debug.registerDebugAdapterDescriptorFactory(debugType, factory));
}
