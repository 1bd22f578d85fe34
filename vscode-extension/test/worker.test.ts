import assert from 'node:assert/strict';
import { suite, test } from 'node:test';

import { Conversation } from '../src/heap/conversation';
import { Decoder, encode } from '../src/heap/framing';
import { OpenSnapshots } from '../src/heap/opened';
import { Cancelled, HeapWorker, type WorkerProcess } from '../src/heap/worker';
import type { HostMessage } from '../src/shared/pageMessages';

interface Message {
  seq: number;
  command: string;
  arguments: Record<string, unknown>;
}

/** A worker's process whose answers a test gives. */
class FakeProcess implements WorkerProcess {
  readonly received: Message[] = [];
  ended = false;
  /** What it answers by itself, by command. */
  answers: Record<string, (message: Message) => object> = {};
  private readonly decoder = new Decoder();
  private tell: (data: Buffer) => void = () => undefined;
  private tellEnd: (reason: string) => void = () => undefined;

  write(data: Buffer): void {
    for (const message of this.decoder.feed(data) as Message[]) {
      this.received.push(message);
      const answer = this.answers[message.command];
      if (answer !== undefined) {
        this.answer(message, answer(message));
      }
    }
  }

  onData(listener: (data: Buffer) => void): void {
    this.tell = listener;
  }

  onEnd(listener: (reason: string) => void): void {
    this.tellEnd = listener;
  }

  end(): void {
    this.crash('ended');
  }

  crash(reason: string): void {
    this.ended = true;
    this.tellEnd(reason);
  }

  send(message: object): void {
    this.tell(encode(message));
  }

  sendBytes(data: Buffer): void {
    this.tell(data);
  }

  answer({ seq }: Message, body: object): void {
    this.send({ type: 'response', request_seq: seq, success: true, body });
  }

  get commands(): string[] {
    return this.received.map(({ command }) => command);
  }
}

function workerWith(...processes: FakeProcess[]) {
  const waiting = [...processes];
  let starts = 0;
  const worker = new HeapWorker(() => {
    starts++;
    const next = waiting.shift();
    return next === undefined ? Promise.reject(new Error('there is no Python')) : Promise.resolve(next);
  });
  return { worker, starts: () => starts };
}

/** All that can happen without anything new has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

suite('the frame around messages', () => {
  test('is read however the bytes arrive', () => {
    const messages = [{ a: 'Ä→' }, { b: [1, 2] }, {}];
    const bytes = Buffer.concat(messages.map(encode));
    for (const step of [1, 7, bytes.length]) {
      const decoder = new Decoder();
      const found: unknown[] = [];
      for (let at = 0; at < bytes.length; at += step) {
        found.push(...decoder.feed(bytes.subarray(at, at + step)));
      }
      assert.deepEqual(found, messages);
    }
  });

  test('what is none is noticed', () => {
    assert.throws(() => new Decoder().feed(Buffer.from('Traceback (most recent call last)\r\n\r\n')), /no Content-Length/);
    assert.throws(() => new Decoder().feed(Buffer.alloc(9000, 'x')), /not a message/);
  });
});

suite('the heap worker', () => {
  test('is started with the first question, once', async () => {
    const process = new FakeProcess();
    process.answers = { a: () => ({ of: 'a' }), b: () => ({ of: 'b' }) };
    const { worker, starts } = workerWith(process);
    assert.equal(starts(), 0);
    assert.deepEqual(await Promise.all([worker.request('a', {}), worker.request('b', {})]), [{ of: 'a' }, { of: 'b' }]);
    assert.equal(starts(), 1);
  });

  test('refuses with its message', async () => {
    const process = new FakeProcess();
    const { worker } = workerWith(process);
    const asked = worker.request('query', {});
    await settled();
    process.send({ type: 'response', request_seq: 1, success: false, message: 'unknown name at 7' });
    await assert.rejects(asked, { message: 'unknown name at 7' });
  });

  test('tells its progress to whoever asked', async () => {
    const process = new FakeProcess();
    const { worker } = workerWith(process);
    const told: unknown[] = [];
    const asked = worker.request('open', {}, { onProgress: (progress) => told.push(progress) });
    await settled();
    process.send({ type: 'event', event: 'progress', body: { request: 1, title: 'Reading', fraction: 0.5 } });
    process.send({ type: 'event', event: 'progress', body: { request: 99, title: 'Other', fraction: 0.5 } });
    process.answer(process.received[0]!, {});
    await asked;
    assert.deepEqual(told, [{ title: 'Reading', fraction: 0.5 }]);
  });

  test('is told of what nobody wants any more', async () => {
    const process = new FakeProcess();
    const { worker } = workerWith(process);
    const controller = new AbortController();
    const asked = worker.request('types', {}, { signal: controller.signal });
    await settled();
    controller.abort();
    await assert.rejects(asked, Cancelled);
    assert.deepEqual(process.received.at(-1)?.arguments, { requestId: 1 });
    process.send({ type: 'response', request_seq: 1, success: false, message: 'Cancelled.' });
    await assert.rejects(worker.request('types', {}, { signal: controller.signal }), Cancelled);
    assert.equal(process.received.length, 2);
  });

  test('is started again after a crash; what was asked is refused with the reason', async () => {
    const [first, second] = [new FakeProcess(), new FakeProcess()];
    second.answers = { a: () => ({ again: true }) };
    const { worker } = workerWith(first, second);
    const asked = worker.request('a', {});
    await settled();
    first.crash('MemoryError');
    await assert.rejects(asked, /has ended: MemoryError/);
    assert.deepEqual(await worker.request('a', {}), { again: true });
    assert.equal(worker.generation, 2);
  });

  test('that writes nonsense is ended', async () => {
    const process = new FakeProcess();
    const { worker } = workerWith(process);
    const asked = worker.request('a', {});
    await settled();
    process.sendBytes(Buffer.from('hello\r\n\r\n'));
    await assert.rejects(asked, /has ended/);
    assert.ok(process.ended);
  });

  test('that cannot be started says why, each time', async () => {
    const { worker, starts } = workerWith();
    await assert.rejects(worker.request('a', {}), /there is no Python/);
    await assert.rejects(worker.request('a', {}), /there is no Python/);
    assert.equal(starts(), 2);
  });

  test('is ended with the window', async () => {
    const process = new FakeProcess();
    const { worker } = workerWith(process);
    const asked = worker.request('a', {});
    await settled();
    worker.dispose();
    await assert.rejects(asked, /has ended/);
    assert.ok(process.ended);
    await assert.rejects(worker.request('a', {}), /has been ended/);
  });
});

suite('snapshots that are open', () => {
  const answering = () => {
    const process = new FakeProcess();
    let last = 0;
    process.answers = {
      open: () => ({ snapshot: ++last, bytes: 100 }),
      close: () => ({}),
      types: (message) => ({ of: message.arguments['snapshot'] }),
    };
    return process;
  };

  test('are opened once, however many look, and closed with the last', async () => {
    const process = answering();
    const snapshots = new OpenSnapshots(workerWith(process).worker);
    const [one, other] = [snapshots.use('/a.heapsight'), snapshots.use('/a.heapsight')];
    await Promise.all([one.info(), one.ask('types', {}), other.ask('types', {})]);
    assert.deepEqual(process.commands, ['open', 'types', 'types']);
    one.close();
    one.close();
    await settled();
    assert.equal(process.commands.length, 3);
    other.close();
    await settled();
    assert.deepEqual(process.received.at(-1)?.arguments, { snapshot: 1 });
    assert.equal(process.commands.at(-1), 'close');
  });

  test('are opened again in a new process', async () => {
    const [first, second] = [answering(), answering()];
    const snapshots = new OpenSnapshots(workerWith(first, second).worker);
    const file = snapshots.use('/a.heapsight');
    await file.info();
    first.crash('killed');
    assert.deepEqual(await file.ask('types', { filter: 'x' }), { of: 1 });
    assert.deepEqual(second.commands, ['open', 'types']);
  });

  test('that cannot be opened are tried again', async () => {
    const process = answering();
    const { open } = process.answers;
    delete process.answers['open'];
    const file = new OpenSnapshots(workerWith(process).worker).use('/a.heapsight');
    const asked = file.info();
    await settled();
    process.send({ type: 'response', request_seq: 1, success: false, message: 'never finished' });
    await assert.rejects(asked, /never finished/);
    process.answers['open'] = open!;
    assert.equal((await file.info()).snapshot, 1);
  });
});

suite('the talk with a page', () => {
  function talk(answer: (signal: AbortSignal) => Promise<unknown>) {
    const sent: HostMessage[] = [];
    const conversation = new Conversation((message) => sent.push(message), {
      ready: () => Promise.reject(new Error('no such file')),
      answer: (_command, _details, signal) => answer(signal),
      copy: () => undefined,
      openSource: () => undefined,
      run: () => undefined,
    });
    return { sent, conversation };
  }
  const ask = { kind: 'ask', id: 4, command: 'types', arguments: {} } as const;

  test('answers, and says what went wrong', async () => {
    const right = talk(() => Promise.resolve({ rows: [] }));
    right.conversation.receive(ask);
    const wrong = talk(() => Promise.reject(new Error('a wrong query')));
    wrong.conversation.receive(ask);
    wrong.conversation.receive({ kind: 'ready' });
    await settled();
    assert.deepEqual(right.sent, [{ kind: 'answer', id: 4, body: { rows: [] } }]);
    assert.deepEqual(wrong.sent, [
      { kind: 'refusal', id: 4, message: 'a wrong query' },
      { kind: 'failed', message: 'no such file' },
    ]);
  });

  test('cancels what is open when the page is gone', async () => {
    const { sent, conversation } = talk(
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Cancelled()))),
    );
    conversation.receive(ask);
    conversation.end();
    await settled();
    assert.deepEqual(sent, []);
  });
});
