import { Decoder, encode } from './framing';

/** A process that speaks the worker's protocol on its standard streams. */
export interface WorkerProcess {
  write(data: Buffer): void;
  onData(listener: (data: Buffer) => void): void;
  /** The process has ended, or could not be started; the reason is for a person. */
  onEnd(listener: (reason: string) => void): void;
  end(): void;
}

export interface Progress {
  title: string;
  /** From 0 to 1; undefined where it is not known. */
  fraction: number | undefined;
}

export interface RequestOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

interface Pending {
  resolve(body: unknown): void;
  reject(error: Error): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** The answer that nobody waits for any more. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled.');
  }
}

/**
 * The heap worker: a process started with the first question, and with the next one after it has ended.
 *
 * What was open in a process is gone with it: `generation` tells one process from the next.
 */
export class HeapWorker {
  generation = 0;
  private running: WorkerProcess | undefined;
  private starting: Promise<WorkerProcess> | undefined;
  private sequence = 0;
  private readonly pending = new Map<number, Pending>();
  private disposed = false;

  /** `start` gives a new process; `log` takes what only a developer wants to read. */
  constructor(
    private readonly start: () => Promise<WorkerProcess>,
    private readonly log: (text: string) => void = () => undefined,
  ) {}

  /** Start the process where there is none; which one it is. */
  async ready(): Promise<number> {
    await this.process();
    return this.generation;
  }

  /** Ask the worker. Rejected with its message, when it ends before it answers, and when `signal` aborts. */
  async request(command: string, question: object, options: RequestOptions = {}): Promise<unknown> {
    const { signal, onProgress } = options;
    if (signal?.aborted) {
      throw new Cancelled();
    }
    const process = await this.process();
    return new Promise((resolve, reject) => {
      const seq = ++this.sequence;
      const settled = () => {
        this.pending.delete(seq);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        settled();
        process.write(encode({ seq: ++this.sequence, type: 'request', command: 'cancel', arguments: { requestId: seq } }));
        reject(new Cancelled());
      };
      this.pending.set(seq, {
        resolve: (body) => {
          settled();
          resolve(body);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        onProgress,
      });
      signal?.addEventListener('abort', abort);
      process.write(encode({ seq, type: 'request', command, arguments: question }));
    });
  }

  /** End the process, where there is one, and start none again. */
  dispose(): void {
    this.disposed = true;
    this.running?.end();
  }

  private async process(): Promise<WorkerProcess> {
    if (this.disposed) {
      throw new Error('The heap worker has been ended.');
    }
    if (this.running !== undefined) {
      return this.running;
    }
    this.starting ??= this.start()
      .then((process) => this.follow(process))
      .finally(() => {
        this.starting = undefined;
      });
    return this.starting;
  }

  private follow(process: WorkerProcess): WorkerProcess {
    const decoder = new Decoder();
    this.running = process;
    this.generation++;
    process.onData((data) => {
      try {
        decoder.feed(data).forEach((message) => this.receive(message));
      } catch (error) {
        this.log(`Heap worker: ${String(error)}`);
        process.end();
      }
    });
    process.onEnd((reason) => this.ended(process, reason));
    if (this.disposed) {
      process.end();
    }
    return process;
  }

  private receive(message: unknown): void {
    const { type, request_seq, success, body, message: text, event } = record(message);
    if (type === 'response') {
      const pending = this.pending.get(Number(request_seq));
      if (success === true) {
        pending?.resolve(body);
      } else {
        pending?.reject(new Error(typeof text === 'string' && text !== '' ? text : 'The heap worker gives no reason.'));
      }
    } else if (type === 'event' && event === 'progress') {
      const { request, title, fraction } = record(body);
      this.pending.get(Number(request))?.onProgress?.({
        title: typeof title === 'string' ? title : '',
        fraction: typeof fraction === 'number' ? fraction : undefined,
      });
    }
  }

  private ended(process: WorkerProcess, reason: string): void {
    if (this.running !== process) {
      return;
    }
    this.running = undefined;
    const error = new Error(`The heap worker has ended: ${reason}`);
    [...this.pending.values()].forEach((pending) => pending.reject(error));
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
