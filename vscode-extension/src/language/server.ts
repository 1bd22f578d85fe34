import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
  type ServerOptions,
  TransportKind,
} from 'vscode-languageclient/node';

import type { Disposing } from '../common/disposing';
import type { Interpreters } from '../common/interpreters';
import type { Log } from '../common/log';
import { pythonPackage } from '../common/package';
import { affects, setting } from '../common/settings';
import { languageId } from '../shared/ids';

/** How often a server that crashes is started again by itself. */
const crashLimit = 3;
const selector = [{ scheme: 'file', language: languageId }];

/** Tells its troubles to the log alone: debugging goes on without it. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }
}

/**
 * The language server's process: started with the first Python file, restarted with another interpreter.
 *
 * Debugging works without it. So whatever goes wrong here is told in the log only.
 */
export class LanguageServer implements vscode.Disposable {
  private readonly stateChanged = new vscode.EventEmitter<boolean>();
  /** Fires with whether there is a running server. */
  readonly onDidChangeState = this.stateChanged.event;
  private current: LanguageClient | undefined;
  private crashes = 0;
  /** Starts and stops, one after the other. */
  private queue: Promise<void> = Promise.resolve();
  private readonly subscriptions: Disposing[];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly interpreters: Interpreters,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      this.stateChanged,
      interpreters.onDidChange(() => this.wanted && void this.restart()),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (document.languageId === languageId) {
          void this.ensure();
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (affects(event, 'languageServer.enabled') || affects(event, 'debugAdapterPath')) {
          void this.restart();
        }
      }),
    ];
  }

  /** The running server, if there is one. */
  get client(): LanguageClient | undefined {
    return this.current?.state === State.Running ? this.current : undefined;
  }

  /** Start it where it is wanted and not there. */
  ensure(): Promise<void> {
    return this.enqueue(async () => {
      if (this.current === undefined && this.wanted) {
        await this.start();
      }
    });
  }

  restart(): Promise<void> {
    this.crashes = 0;
    return this.enqueue(async () => {
      await this.stop();
      if (this.wanted) {
        await this.start();
      }
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
    void this.enqueue(() => this.stop());
  }

  private get wanted(): boolean {
    const open = vscode.workspace.textDocuments.some((document) => document.languageId === languageId);
    return open && setting('languageServer.enabled');
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error: unknown) => this.log.error(`Language server: ${String(error)}`));
    return this.queue;
  }

  private async start(): Promise<void> {
    const choice = await this.interpreters.resolve(vscode.workspace.workspaceFolders?.[0]);
    if (!choice.found) {
      this.log.warn('The language server is not started: there is no interpreter for it.');
      return;
    }
    const { problem } = pythonPackage(this.context);
    if (problem !== undefined) {
      this.log.warn(`The language server is not started. ${problem}`);
      return;
    }
    const client = new QuietClient('heapsight', 'Heapsight', this.command(choice.interpreter.path), this.options());
    client.onDidChangeState((event) => this.stateChanged.fire(event.newState === State.Running));
    this.current = client;
    try {
      await client.start();
    } catch (error) {
      this.log.warn(`The language server did not start: ${String(error)}`);
      this.current = undefined;
    }
  }

  private async stop(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    // One that failed cannot be stopped either, and says so.
    await client?.dispose().catch((error: unknown) => this.log.debug(`Language server: ${String(error)}`));
  }

  private command(python: string): ServerOptions {
    const { folder, libraries } = pythonPackage(this.context);
    const env = { ...process.env, PYTHONUTF8: '1', ...(libraries === undefined ? {} : { PYTHONPATH: libraries }) };
    return { command: python, args: [folder, 'lsp'], transport: TransportKind.stdio, options: { env } };
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: selector,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (error) => {
          this.log.warn(`Language server: ${error.message}`);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => {
          const again = this.crashes++ < crashLimit;
          this.log.warn(
            `The language server has ended${again ? ': starting it again' : '; "Restart Language Server" starts it again'}.`,
          );
          return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }
}
