import type { ComparisonQuestions, HostMessage, PageMessage } from '../shared/pageMessages';
import type { SnapshotQuestions } from '../shared/workerProtocol';

interface EditorApi {
  postMessage(message: PageMessage): void;
}

declare function acquireVsCodeApi(): EditorApi;

type Questions = SnapshotQuestions & ComparisonQuestions;

/** The extension, as a page sees it. */
export class Host {
  private readonly api = acquireVsCodeApi();
  private readonly waiting = new Map<number, { resolve(body: unknown): void; reject(error: Error): void }>();
  private last = 0;

  /** `receive` is told what is no answer. */
  constructor(receive: (message: HostMessage) => void) {
    // Only the extension can send: the page has no frames, and its origin is its own.
    window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
      if (data.kind === 'answer') {
        this.waiting.get(data.id)?.resolve(data.body);
        this.waiting.delete(data.id);
      } else if (data.kind === 'refusal') {
        this.waiting.get(data.id)?.reject(new Error(data.message));
        this.waiting.delete(data.id);
      } else {
        receive(data);
      }
    });
  }

  say(message: Exclude<PageMessage, { kind: 'ask' | 'cancel' }>): void {
    this.api.postMessage(message);
  }

  /** Ask the worker. When `signal` aborts, it need not answer any more, and the promise stays open. */
  ask<Q extends keyof Questions>(
    command: Q,
    details: Questions[Q]['arguments'],
    signal?: AbortSignal,
  ): Promise<Questions[Q]['body']> {
    const id = ++this.last;
    this.api.postMessage({ kind: 'ask', id, command, arguments: details });
    signal?.addEventListener('abort', () => {
      if (this.waiting.delete(id)) {
        this.api.postMessage({ kind: 'cancel', id });
      }
    });
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (body) => resolve(body as Questions[Q]['body']), reject });
    });
  }
}
