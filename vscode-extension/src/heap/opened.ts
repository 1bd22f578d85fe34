import type { Opened, SnapshotQuestion, SnapshotQuestions } from '../shared/workerProtocol';
import type { HeapWorker, Progress, RequestOptions } from './worker';

/** A snapshot file that someone looks at. */
export interface SnapshotFile {
  readonly path: string;
  /** What is known from opening it; opens it where that has not happened. */
  info(onProgress?: (progress: Progress) => void): Promise<Opened>;
  ask<Q extends SnapshotQuestion>(
    question: Q,
    details: SnapshotQuestions[Q]['arguments'],
    options?: RequestOptions,
  ): Promise<SnapshotQuestions[Q]['body']>;
  /** Ask by any command of the worker; `snapshot`, its number there, is added to the details. */
  request(command: string, details: object, options?: RequestOptions): Promise<unknown>;
  close(): void;
}

/** The snapshot files that are open in the worker: each once, however many look at it. */
export class OpenSnapshots {
  private readonly users = new Map<string, number>();
  /** Which process has a file open. */
  private readonly opened = new Map<string, { generation: number; opening: Promise<Opened> }>();

  constructor(private readonly worker: HeapWorker) {}

  /** Say that a file is looked at. It is opened with the first question, and again after the worker has crashed. */
  use(path: string): SnapshotFile {
    this.users.set(path, (this.users.get(path) ?? 0) + 1);
    const request: SnapshotFile['request'] = async (command, details, options) => {
      const { snapshot } = await this.open(path);
      return this.worker.request(command, { ...details, snapshot }, options);
    };
    let isOpen = true;
    return {
      path,
      info: (onProgress) => this.open(path, onProgress),
      request,
      ask: async (question, details, options) =>
        (await request(question, details, options)) as SnapshotQuestions[typeof question]['body'],
      close: () => {
        if (isOpen) {
          isOpen = false;
          this.release(path);
        }
      },
    };
  }

  private async open(path: string, onProgress?: (progress: Progress) => void): Promise<Opened> {
    const generation = await this.worker.ready();
    const known = this.opened.get(path);
    if (known?.generation === generation) {
      return known.opening;
    }
    const opening = this.worker
      .request('open', { path }, onProgress === undefined ? {} : { onProgress })
      .then((body) => body as Opened);
    const entry = { generation, opening };
    this.opened.set(path, entry);
    try {
      return await opening;
    } catch (error) {
      if (this.opened.get(path) === entry) {
        this.opened.delete(path);
      }
      throw error;
    }
  }

  private release(path: string): void {
    const left = (this.users.get(path) ?? 1) - 1;
    if (left > 0) {
      this.users.set(path, left);
      return;
    }
    this.users.delete(path);
    const entry = this.opened.get(path);
    this.opened.delete(path);
    if (entry?.generation === this.worker.generation) {
      void entry.opening
        .then(({ snapshot }) => this.worker.request('close', { snapshot }))
        .catch(() => undefined); // a worker that has ended has closed it
    }
  }
}
