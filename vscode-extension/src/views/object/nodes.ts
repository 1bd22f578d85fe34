import type { ObjectInfo, Referrer, SourceLocation } from '../../shared/protocol';
import type { ReferrerList } from './referrerList';

/** One row of the Object view. Ids stay the same from stop to stop, so that what is open stays open. */
export type TreeNode = SubjectNode | FactNode | HoldersNode | ReferrerNode | MoreNode | RemainderNode | NoteNode;

interface Common {
  readonly id: string;
  readonly parent: TreeNode | undefined;
}

/** The inspected object. */
export interface SubjectNode extends Common {
  readonly kind: 'subject';
  readonly name: string;
  readonly evaluateName: string | undefined;
  readonly info: ObjectInfo;
}

/** Something that is known about it. */
export interface FactNode extends Common {
  readonly kind: 'fact';
  readonly label: string;
  readonly icon: string;
  readonly value: string;
  readonly explanation: string;
  readonly location: SourceLocation | undefined;
}

/** "What holds it": above the referrers. */
export interface HoldersNode extends Common {
  readonly kind: 'holders';
  /** Of the inspected object. */
  readonly name: string;
  readonly info: ObjectInfo;
  readonly list: ReferrerList;
}

/** Something that refers to the node above it. */
export interface ReferrerNode extends Common {
  readonly kind: 'referrer';
  readonly referrer: Referrer;
  /** What refers to this one in turn; undefined where that is not asked. */
  readonly list: ReferrerList | undefined;
}

/** Shows the next page when it is chosen. */
export interface MoreNode extends Common {
  readonly kind: 'more';
  readonly owner: ListOwner;
}

/** References that no Python object accounts for. */
export interface RemainderNode extends Common {
  readonly kind: 'remainder';
  readonly count: number;
}

/** A sentence in place of rows. */
export interface NoteNode extends Common {
  readonly kind: 'note';
  readonly text: string;
}

export type ListOwner = HoldersNode | ReferrerNode;
