import type { HistogramRow, Instance, WatchAction } from '../../shared/heapProtocol';
import type { InstanceList } from './instanceList';

/** One row of the Heap view. Ids stay the same from stop to stop, so that what is open stays open. */
export type HeapNode = WatchesNode | WatchNode | TypeNode | InstanceNode | MoreNode | NoteNode;

interface Common {
  readonly id: string;
  readonly parent: HeapNode | undefined;
}

/** The types whose new instances are waited for or written down, together. */
export interface WatchesNode extends Common {
  readonly kind: 'watches';
  readonly types: readonly WatchNode[];
}

/** One of them, whether it is among the types that are shown or not. */
export interface WatchNode extends Common {
  readonly kind: 'watch';
  readonly typeName: string;
  readonly action: Exclude<WatchAction, 'off'>;
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
  readonly parent: TypeNode | undefined;
  readonly missing: number;
}

/** A sentence in place of rows. */
export interface NoteNode extends Common {
  readonly kind: 'note';
  readonly text: string;
  readonly icon: 'info' | 'filter' | 'warning';
}
