/** The requests about the whole heap of a stopped program, as in docs/protocol.md. Sizes are bytes. */

export const comparisons = ['lastStop', 'mark', 'nothing'] as const;
export type ComparedWith = (typeof comparisons)[number];

export const histogramOrders = ['size', 'count', 'sizeChange', 'countChange', 'name'] as const;
export type HistogramOrder = (typeof histogramOrders)[number];

export interface HistogramArguments {
  compareWith?: ComparedWith;
  sortBy?: HistogramOrder;
  /** Text in the qualified name. */
  filter?: string;
  all?: boolean;
  start?: number;
  count?: number;
}

/** Counts and sizes; the changes are there where something is compared. */
export interface Amounts {
  count: number;
  size: number;
  countChange?: number;
  sizeChange?: number;
}

/** All objects of one type. One that is gone has the count 0. */
export interface HistogramRow extends Amounts {
  /** Handle within the current stop. */
  type: number;
  name: string;
  qualifiedName: string;
  module: string;
}

export interface Histogram {
  rows: HistogramRow[];
  total: number;
  totals: Amounts;
  /** Null: there is nothing earlier to compare with. */
  comparedWith: 'lastStop' | 'mark' | null;
  complete: boolean;
  seconds: number;
}

/** A type of the current stop, or by its name. */
export type TypeNamed = { type: number } | { typeName: string };

export type InstancesArguments = TypeNamed & {
  /** A Python expression over `obj`. */
  filter?: string;
  subclasses?: boolean;
  sortBy?: 'size' | 'retained' | 'address';
  frameId?: number;
  start?: number;
  count?: number;
};

/** The line that made an object. */
export interface Creation {
  path: string;
  line: number;
  function: string;
}

export interface Instance {
  /** Handle, as in heapsight/inspect. */
  object: number;
  value: string;
  size: number;
  references: number | null;
  created?: Creation;
}

export interface InstancePage {
  instances: Instance[];
  total: number;
  complete: boolean;
  /** For how many objects the filter raised, and what. */
  failed?: number;
  error?: string;
}

export type WatchAction = 'break' | 'track' | 'off';

export type WatchTypeArguments = TypeNamed & { action: WatchAction; frameId?: number };

export interface WatchedType {
  typeName: string;
  action: WatchAction;
}

export interface SnapshotArguments {
  path?: string;
  label?: string;
  collect?: boolean;
}

export interface SnapshotTaken {
  path: string;
  capture: string;
  pauseSeconds: number;
  nodes: number;
  references: number;
  fileBytes: number;
}

/** How many frames are kept for each allocation; 0: none. */
export interface TracedAllocations {
  frames: number;
}

export interface HeapRequests {
  'heapsight/histogram': { arguments: HistogramArguments; body: Histogram };
  'heapsight/mark': { arguments: Record<string, never>; body: Amounts };
  'heapsight/instances': { arguments: InstancesArguments; body: InstancePage };
  'heapsight/watchType': { arguments: WatchTypeArguments; body: WatchedType };
  'heapsight/traceAllocations': { arguments: TracedAllocations; body: TracedAllocations };
  'heapsight/snapshot': { arguments: SnapshotArguments; body: SnapshotTaken };
}
