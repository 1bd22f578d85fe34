import type { DebugProtocol } from '@vscode/debugprotocol';
import type * as vscode from 'vscode';

import type { Sessions } from '../../common/sessions';
import type { AdapterRequests, SourceLocation } from '../../shared/protocol';
import type { MemoryLink } from './link';

/** The questions of the Object view as custom requests of a debug session. */
export function sessionLink(session: vscode.DebugSession, sessions: Sessions): MemoryLink {
  async function ask<K extends keyof AdapterRequests>(request: K, question: AdapterRequests[K]['arguments']) {
    const body: unknown = await session.customRequest(request, question);
    return body as AdapterRequests[K]['body'];
  }

  async function stack(threadId: number, levels: number): Promise<DebugProtocol.StackFrame[]> {
    const question: DebugProtocol.StackTraceArguments = { threadId, startFrame: 0, levels };
    const body: unknown = await session.customRequest('stackTrace', question);
    return (body as DebugProtocol.StackTraceResponse['body']).stackFrames;
  }

  function stoppedThread(): number | undefined {
    const state = sessions.stateOf(session.id);
    return state.kind === 'stopped' ? state.threadId : undefined;
  }

  async function threads(): Promise<number[]> {
    const body: unknown = await session.customRequest('threads');
    const all = (body as DebugProtocol.ThreadsResponse['body']).threads.map((thread) => thread.id);
    const first = stoppedThread();
    return first === undefined ? all : [first, ...all.filter((id) => id !== first)];
  }

  return {
    inspect: (question) => ask('heapsight/inspect', question),
    referrers: (question) => ask('heapsight/referrers', question),
    followed: (question) => ask('heapsight/followed', question),
    unfollow: (follow) => ask('heapsight/unfollow', { follow }),
    async topFrame() {
      const threadId = stoppedThread();
      return threadId === undefined ? undefined : (await stack(threadId, 1))[0]?.id;
    },
    async frameLocation(frameId): Promise<SourceLocation | undefined> {
      for (const threadId of await threads()) {
        const frame = (await stack(threadId, 0)).find(({ id }) => id === frameId);
        if (frame?.source?.path !== undefined) {
          return { path: frame.source.path, line: frame.line };
        }
      }
      return undefined;
    },
  };
}
