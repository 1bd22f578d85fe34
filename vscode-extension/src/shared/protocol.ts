/** The custom requests of the adapter and of the language server, as in docs/protocol.md. */

import type { HeapRequests } from './heapProtocol';

/** A place in a source file; lines count from 1. */
export interface SourceLocation {
  path: string;
  line: number;
}

/** What is stepped into, or no longer: a library. */
export interface IncludedSource {
  name: string;
  path?: string;
  include: boolean;
}

/** What is known about one object of the stopped program. Handles die when the program goes on. */
export interface ObjectInfo {
  object: number;
  name: string;
  evaluateName?: string;
  type: string;
  qualifiedType: string;
  value: string;
  address: string;
  /** Bytes. */
  shallowSize: number;
  deepSize: DeepSize;
  /** What would be freed with it. Older adapters do not tell. */
  retainedSize?: DeepSize;
  /** Null where the object is immortal. */
  references: number | null;
  immortal: boolean;
  gcTracked: boolean;
  weakReferences: number;
  /** For one line, such as `88 B · 2 refs`. */
  summary: string;
  classLocation?: SourceLocation;
  /** Asks for the same object at later stops; only where it can be held weakly. */
  follow?: number;
}

/** What is reachable from an object, or kept alive by it alone. Without `complete` the walk ended at its budget: a lower bound. */
export interface DeepSize {
  bytes: number;
  objects: number;
  complete: boolean;
  /** For a person: `≥ 12.4 MB (50 ms budget)`. */
  text: string;
}

/** One thing that refers to an object. */
export interface Referrer {
  /** As a person writes it: `.items`, `['cart']`, `local cart in checkout()`. */
  label: string;
  kind: string;
  /** How many references this line stands for; 0 where another line counts them. */
  count: number;
  object?: number;
  type?: string;
  value?: string;
  summary?: string;
  /** Continues an expression for the holder to one for the object; at a root the whole expression. */
  step?: string;
  /** It is already above in the tree. */
  cycle: boolean;
  /** A module, a frame or native code: nothing above it is asked for. */
  root: boolean;
  location?: SourceLocation;
  frameId?: number;
}

export interface ReferrerPage {
  referrers: Referrer[];
  total: number;
  /** References held by native code or the evaluation stack. */
  unaccounted: number;
  complete: boolean;
}

export type InspectTarget =
  { expression: string; frameId?: number } | { variablesReference: number; name: string } | { object: number };

export type InspectArguments = InspectTarget & { follow?: boolean };

export interface ReferrersArguments {
  object: number;
  start?: number;
  count?: number;
  ancestors?: number[];
}

export interface FollowedArguments {
  follow: number;
  name?: string;
  frameId?: number;
}

export type Followed = { alive: false } | { alive: true; info: ObjectInfo };

/** Custom requests of the debug adapter: name, arguments, body of the response. */
export interface AdapterRequests extends HeapRequests {
  'heapsight/inspect': { arguments: InspectArguments; body: ObjectInfo };
  'heapsight/referrers': { arguments: ReferrersArguments; body: ReferrerPage };
  'heapsight/followed': { arguments: FollowedArguments; body: Followed };
  'heapsight/unfollow': { arguments: { follow: number }; body: unknown };
}

/** Positions as in LSP: from 0, columns in UTF-16 units. */
export interface Position {
  line: number;
  character: number;
}

export interface EvaluatableExpression {
  range: { start: Position; end: Position };
  expression: string;
}

export const evaluatableExpressionRequest = 'heapsight/evaluatableExpression';
