/** What is said between the extension and the pages it shows in webviews. */

import type { CompareArguments, Changes, NewObjects, NewObjectsArguments, Opened, SnapshotQuestion } from './workerProtocol';

/** What a page asks. The snapshot that it is about is known to the other side. */
export type Asked = SnapshotQuestion | keyof ComparisonQuestions;

export type PageMessage =
  | { kind: 'ready' }
  | { kind: 'ask'; id: number; command: string; arguments: object }
  | { kind: 'cancel'; id: number }
  | { kind: 'copy'; text: string }
  | { kind: 'openSource'; path: string; line: number }
  | { kind: 'showObject'; node: number }
  | { kind: 'command'; command: PageCommand };

/** What a page has buttons for, and the extension does. */
export type PageCommand = 'export' | 'compare' | 'swap' | 'openBefore' | 'openAfter';

/** A snapshot that a page shows. */
export interface SnapshotTitle {
  name: string;
  path: string;
  info: Opened;
}

export type HostMessage =
  | { kind: 'snapshot'; title: SnapshotTitle }
  | { kind: 'comparison'; before: SnapshotTitle; after: SnapshotTitle }
  | { kind: 'showObject'; node: number }
  | { kind: 'failed'; message: string }
  | { kind: 'progress'; title: string; fraction: number | undefined }
  | { kind: 'answer'; id: number; body: unknown }
  | { kind: 'refusal'; id: number; message: string };

/** The questions of the comparison's page. */
export interface ComparisonQuestions {
  compare: { arguments: CompareArguments; body: Changes };
  new: { arguments: NewObjectsArguments; body: NewObjects };
}
