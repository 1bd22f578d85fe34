import assert from 'node:assert/strict';
import * as vscode from 'vscode';

import type { Exports } from '../../vscode-extension/src/extension';
import { activated, breakAt, causes, debugToStop, ended, goOn, program, stopped, tidyUp, topFrame } from './support';

const buffers = program('buffers.py');

/** The file that VS Code makes of a variable's memory, bytes `from` to `to`: what a hex editor opens. */
function memoryFile(session: vscode.DebugSession, reference: string, from: number, to: number): vscode.Uri {
  return vscode.Uri.from({
    scheme: 'vscode-debug-memory',
    authority: session.id,
    path: `/${encodeURIComponent(reference)}/memory.bin`,
    query: `?range=${from}:${to}`,
  });
}

async function referenceOf(session: vscode.DebugSession, frameId: number, expression: string): Promise<string> {
  const answer = (await session.customRequest('evaluate', { expression, frameId, context: 'watch' })) as {
    memoryReference?: string;
  };
  assert.ok(answer.memoryReference, `${expression} has bytes`);
  return answer.memoryReference;
}

suite('memory', () => {
  let parts: Exports;
  setup(async () => {
    parts = await activated();
  });
  teardown(tidyUp);

  test('the bytes of a variable are a file that can be read and written', async () => {
    breakAt(buffers, 'begun', 'written');
    const session = await debugToStop(parts.sessions, { program: buffers });
    const frame = await topFrame(session, parts.sessions);
    const reference = await referenceOf(session, frame.id, 'data');
    const { fs } = vscode.workspace;

    const read = await fs.readFile(memoryFile(session, reference, 0, 9));
    assert.equal(Buffer.from(read).toString(), 'heapsight');
    const later = await fs.readFile(memoryFile(session, reference, 2000, 2700));
    assert.equal(Buffer.from(later).toString(), 'heapsight'.repeat(300).slice(2000));

    await fs.writeFile(memoryFile(session, reference, 0, 4), Buffer.from('HEAP'));
    const again = await fs.readFile(memoryFile(session, reference, 0, 9));
    assert.equal(Buffer.from(again).toString(), 'HEAPsight');
    const answer = (await session.customRequest('evaluate', {
      expression: 'data[:9]',
      frameId: frame.id,
      context: 'watch',
    })) as { result: string };
    assert.equal(answer.result, "bytearray(b'HEAPsight')");

    await causes(stopped(parts.sessions), () => goOn(session, parts.sessions));
    await causes(ended(), () => goOn(session, parts.sessions));
  });

  test('bytes that cannot be written stay as they are', async () => {
    breakAt(buffers, 'begun');
    const session = await debugToStop(parts.sessions, { program: buffers });
    const frame = await topFrame(session, parts.sessions);
    const file = memoryFile(session, await referenceOf(session, frame.id, 'fixed'), 0, 8);
    const { fs } = vscode.workspace;
    assert.equal(Buffer.from(await fs.readFile(file)).toString(), 'constant');
    await assert.rejects(Promise.resolve(fs.writeFile(file, Buffer.from('CHANGED!'))));
    assert.equal(Buffer.from(await fs.readFile(file)).toString(), 'constant');
  });
});
