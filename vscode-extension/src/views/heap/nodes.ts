import type { HistogramRow, Instance, WatchAction } from '../../shared/heapProtocol';
import type { InstanceList } from './instanceList';

/** One row of the Heap view. Ids stay the same from stop to stop, so that what is open stays open. */
export type HeapNode = TypeNode | InstanceNode | MoreNode | NoteNode;

interface Common {
  readonly id: string;
  readonly parent: TypeNode | undefined;
}

/** All objects of one type. */
export interface TypeNode extends Common {
  readonly kind: 'type';
  readonly row: HistogramRow;
  readonly list: InstanceList;
  /** Whether new instances are waited for or written down. */
  readonly watched: WatchAction;
}

/** One object. */
export interface InstanceNode extends Common {
  readonly kind: 'instance';
  readonly instance: Instance;
}

/** Shows the next page when it is chosen: of the types, or of the type above it. */
export interface MoreNode extends Common {
  readonly kind: 'more';
  readonly missing: number;
}

/** A sentence in place of rows. */
export interface NoteNode extends Common {
  readonly kind: 'note';
  readonly text: string;
  readonly icon: 'info' | 'filter' | 'warning';
}
