/** What the heap worker answers about a snapshot file, as in docs/protocol.md. Sizes are bytes. */

export interface Page {
  start?: number;
  count?: number;
}

export interface Rows<R> {
  rows: R[];
  total: number;
}

/** One object of a snapshot. */
export interface ObjectRow {
  node: number;
  type: string;
  size: number;
  retained: number;
  text: string;
  length?: number;
  name?: string;
}

export interface Opened {
  snapshot: number;
  meta: Record<string, unknown>;
  nodes: number;
  references: number;
  types: number;
  bytes: number;
  complete: boolean;
  notes: string[];
}

export interface Share {
  bytes: number;
  objects: number;
}

export interface Suspect {
  title: string;
  sentence: string;
  node: number;
  retained: number;
  /** Of the whole heap, from 0 to 1. */
  share: number;
  accumulation: { node: number; text: string; path: string };
  path: string;
  type: string;
  count?: number;
}

export interface TypeRow {
  key: string;
  name: string;
  count: number;
  shallow: number;
  retained: number;
}

export interface Summary extends Share {
  own: Share;
  unreachable: Share;
  native: Share;
  suspects: Suspect[];
  topTypes: TypeRow[];
}

export const groupings = ['type', 'module', 'package', 'site'] as const;
export type Grouping = (typeof groupings)[number];

export interface ObjectDetails extends ObjectRow {
  address: string | number;
  refcount: number | null;
  immortal: boolean;
  tracked: boolean;
  path: string | null;
  site?: string;
  place?: { path: string; line: number };
  value?: string;
  /** Null or left out: nothing but the roots together. */
  dominator?: number | null;
  native: number;
}

/** An object at the other end of a reference. */
export interface LinkedRow extends ObjectRow {
  label: string;
  kind: string;
}

export interface RootPath {
  steps: { node: number; label: string; text: string }[];
  expression: string | null;
  root: string | null;
  /** Whether the expression is Python; else it is for reading only. */
  pasteable?: boolean;
  /** Steps in the middle of a long path that are left out. */
  omitted?: { after: number; count: number };
}

export interface Duplicate {
  text: string;
  type: string;
  count: number;
  bytes: number;
  wasted: number;
  nodes: number[];
}

export interface SparseRow extends ObjectRow {
  length: number;
  capacity: number;
  wasted: number;
}

/** Cycles with the same sentence; `nodes` are of the largest, all else of all of them. */
export interface Cycle {
  cycles: number;
  nodes: number[];
  objects: number;
  bytes: number;
  sentence: string;
}

export interface NativeRow extends ObjectRow {
  count: number;
}

export const comparisonGroupings = ['type', 'module', 'package', 'dominator', 'site'] as const;
export type ComparisonGrouping = (typeof comparisonGroupings)[number];

export interface ChangeRow {
  key: string;
  name: string;
  countBefore: number;
  countAfter: number;
  countChange: number;
  sizeBefore: number;
  sizeAfter: number;
  sizeChange: number;
  retainedChange: number;
}

/** `unchanged`: groups that are left out because nothing has changed. */
export type Changes = Rows<ChangeRow> & {
  unchanged?: number;
  totals: Omit<ChangeRow, 'key' | 'name' | 'retainedChange'>;
};

interface Sorted extends Page {
  sortBy?: string;
}

/** What is asked about one snapshot: arguments besides `snapshot`, and the answer. */
export interface SnapshotQuestions {
  summary: { arguments: object; body: Summary };
  types: { arguments: Sorted & { groupBy?: Grouping; filter?: string; only?: string }; body: Rows<TypeRow> };
  instances: { arguments: Sorted & { type: string; groupBy?: Grouping; only?: string }; body: Rows<ObjectRow> };
  query: { arguments: Sorted & { query: string }; body: Rows<ObjectRow> & { bytes: number } };
  object: { arguments: { node: number }; body: ObjectDetails };
  references: { arguments: Page & { node: number }; body: Rows<LinkedRow> };
  referrers: { arguments: Page & { node: number }; body: Rows<LinkedRow> };
  dominated: { arguments: Page & { node?: number }; body: Rows<LinkedRow> };
  path: { arguments: { node: number }; body: RootPath };
  duplicates: { arguments: Page; body: Rows<Duplicate> & { wasted: number } };
  sparse: { arguments: Page; body: Rows<SparseRow> & { wasted: number } };
  cycles: { arguments: Page & { alike: true }; body: Rows<Cycle> };
  nativeHeld: { arguments: Page; body: Rows<NativeRow> };
}
export type SnapshotQuestion = keyof SnapshotQuestions;

/** The questions that a page in a webview may ask; nothing that reads or writes a file. */
export const snapshotQuestions = [
  'summary',
  'types',
  'instances',
  'query',
  'object',
  'references',
  'referrers',
  'dominated',
  'path',
  'duplicates',
  'sparse',
  'cycles',
  'nativeHeld',
] as const satisfies readonly SnapshotQuestion[];

export interface CompareArguments extends Sorted {
  groupBy?: ComparisonGrouping;
  filter?: string;
}

export interface NewObjectsArguments extends Sorted {
  /** Key of a row of the comparison. */
  type: string;
  groupBy?: ComparisonGrouping;
}

/** Objects that were not there before. `objects`: how many the group has afterwards. */
export type NewObjects = Rows<ObjectRow> & { bytes: number; objects: number; sameProcess: boolean };

export const exportFormats = ['heapsnapshot', 'heapprofile', 'csv', 'json', 'html'] as const;
export type ExportFormat = (typeof exportFormats)[number];
