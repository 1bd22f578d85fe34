import type * as vscode from 'vscode';

import type { Sessions } from '../../common/sessions';
import type { AdapterRequests } from '../../shared/protocol';
import { sessionLink } from '../object/sessionLink';
import type { HeapLink } from './link';

/** The questions of the Heap view as custom requests of a debug session. */
export function heapLink(session: vscode.DebugSession, sessions: Sessions): HeapLink {
  async function ask<K extends keyof AdapterRequests>(request: K, question: AdapterRequests[K]['arguments']) {
    const body: unknown = await session.customRequest(request, question);
    return body as AdapterRequests[K]['body'];
  }

  return {
    histogram: (question) => ask('heapsight/histogram', question),
    mark: () => ask('heapsight/mark', {}),
    instances: (question) => ask('heapsight/instances', question),
    watchType: (question) => ask('heapsight/watchType', question),
    topFrame: () => sessionLink(session, sessions).topFrame(),
  };
}
