/** Every id that package.json and the code must agree on; a unit test compares the two. */

export const debugType = 'heapsight';

export const languageId = 'python';

export const Command = {
  whatHoldsThis: 'heapsight.whatHoldsThis',
  inspectExpression: 'heapsight.inspectExpression',
  debugFile: 'heapsight.debugFile',
  pickProcess: 'heapsight.pickProcess',
  attachToProcess: 'heapsight.attachToProcess',
  includeLibrary: 'heapsight.includeLibrary',
  excludeLibrary: 'heapsight.excludeLibrary',
  selectInterpreter: 'heapsight.selectInterpreter',
  restartLanguageServer: 'heapsight.restartLanguageServer',
  showLog: 'heapsight.showLog',
  objectRefresh: 'heapsight.object.refresh',
  objectBack: 'heapsight.object.back',
  objectFollow: 'heapsight.object.follow',
  objectUnfollow: 'heapsight.object.unfollow',
  objectJumpToSource: 'heapsight.object.jumpToSource',
  objectInspect: 'heapsight.object.inspect',
  objectCopyPath: 'heapsight.object.copyPath',
  objectCopyValue: 'heapsight.object.copyValue',
  objectCopyExpression: 'heapsight.object.copyExpression',
  objectLoadMore: 'heapsight.object.loadMore',
  heapShow: 'heapsight.heap.show',
  heapHide: 'heapsight.heap.hide',
  heapRefresh: 'heapsight.heap.refresh',
  heapMark: 'heapsight.heap.mark',
  heapSort: 'heapsight.heap.sort',
  heapCompareWith: 'heapsight.heap.compareWith',
  heapFilter: 'heapsight.heap.filter',
  heapFilterInstances: 'heapsight.heap.filterInstances',
  heapInspect: 'heapsight.heap.inspect',
  heapLoadMore: 'heapsight.heap.loadMore',
  heapJumpToCreation: 'heapsight.heap.jumpToCreation',
  heapBreakOnNew: 'heapsight.heap.breakOnNew',
  heapTrackNew: 'heapsight.heap.trackNew',
  heapStopWatching: 'heapsight.heap.stopWatching',
  heapWatchNamed: 'heapsight.heap.watchNamed',
  traceAllocations: 'heapsight.traceAllocations',
  snapshotTake: 'heapsight.snapshot.take',
  snapshotOpen: 'heapsight.snapshot.open',
  snapshotCompare: 'heapsight.snapshot.compare',
  snapshotExport: 'heapsight.snapshot.export',
} as const;
export type CommandId = (typeof Command)[keyof typeof Command];

export const View = { object: 'heapsight.object', heap: 'heapsight.heap' } as const;
export type ViewId = (typeof View)[keyof typeof View];

/** Editors and panels of our own. */
export const snapshotEditor = 'heapsight.snapshot';
export const comparisonPanel = 'heapsight.comparison';

/** What a snapshot's file is called at its end. */
export const snapshotExtension = '.heapsight';

/** Keys below the section `heapsight`, with the types of their values. */
export interface Settings {
  python: string;
  justMyCode: boolean;
  'memory.showInHover': boolean;
  'memory.showChildren': boolean;
  'languageServer.enabled': boolean;
  debugAdapterPath: string;
}
export const settingsSection = 'heapsight';
export const settingKeys = [
  'python',
  'justMyCode',
  'memory.showInHover',
  'memory.showChildren',
  'languageServer.enabled',
  'debugAdapterPath',
] as const satisfies readonly (keyof Settings)[];

export const ContextKey = {
  objectShown: 'heapsight.object.shown',
  objectFollowed: 'heapsight.object.followed',
  objectCanGoBack: 'heapsight.object.canGoBack',
  heapWanted: 'heapsight.heap.wanted',
} as const;
export type ContextKeyId = (typeof ContextKey)[keyof typeof ContextKey];

/** What can be done with a node of the Object view: the words of its `viewItem`. */
export const nodeTraits = ['jump', 'inspect', 'path', 'expression', 'value'] as const;
export type NodeTrait = (typeof nodeTraits)[number];

/** The same for the Heap view. */
export const heapTraits = ['type', 'instance', 'created', 'watched'] as const;
export type HeapTrait = (typeof heapTraits)[number];
