import type { HostMessage, PageCommand, PageMessage } from '../shared/pageMessages';
import { Cancelled } from './worker';

/** What a page asks the extension for, besides answers. */
export interface PageActions {
  /** The page has been painted: give it what it shows. */
  ready(): Promise<void>;
  /** Answer a question; refuse one that is not for pages. */
  answer(command: string, details: object, signal: AbortSignal): Promise<unknown>;
  copy(text: string): unknown;
  openSource(path: string, line: number): unknown;
  /** Show an object of a comparison in its own snapshot. */
  showObject?(node: number): unknown;
  /** A button was pressed: do that, if this page has such a button. */
  run(command: PageCommand): unknown;
}

/** The talk with one page: each question gets one answer or refusal, or is cancelled. */
export class Conversation {
  private readonly asked = new Map<number, AbortController>();

  constructor(
    private readonly send: (message: HostMessage) => unknown,
    private readonly actions: PageActions,
  ) {}

  receive(message: PageMessage): void {
    switch (message.kind) {
      case 'ready':
        void this.actions.ready().catch((error: unknown) => this.send({ kind: 'failed', message: messageOf(error) }));
        break;
      case 'ask':
        void this.answer(message.id, message.command, message.arguments);
        break;
      case 'cancel':
        this.asked.get(message.id)?.abort();
        break;
      case 'copy':
        this.actions.copy(message.text);
        break;
      case 'openSource':
        this.actions.openSource(message.path, message.line);
        break;
      case 'showObject':
        this.actions.showObject?.(message.node);
        break;
      case 'command':
        this.actions.run(message.command);
        break;
    }
  }

  /** The page is gone. */
  end(): void {
    [...this.asked.values()].forEach((controller) => controller.abort());
  }

  private async answer(id: number, command: string, details: object): Promise<void> {
    const controller = new AbortController();
    this.asked.set(id, controller);
    try {
      this.send({ kind: 'answer', id, body: await this.actions.answer(command, details, controller.signal) });
    } catch (error) {
      if (!(error instanceof Cancelled)) {
        this.send({ kind: 'refusal', id, message: messageOf(error) });
      }
    } finally {
      this.asked.delete(id);
    }
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
