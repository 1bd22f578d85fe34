import type { ComparedWith, HistogramOrder, WatchAction } from '../../shared/heapProtocol';

/** How the histogram is asked for: the same in every session of the window. */
export interface HeapOptions {
  sortBy: HistogramOrder;
  compareWith: ComparedWith;
  /** Text in the qualified name of a type; empty: all. */
  filter: string;
}

export const defaultOptions: HeapOptions = { sortBy: 'size', compareWith: 'lastStop', filter: '' };

/** Ways to order the histogram, as they are offered. */
export const orders: readonly { order: HistogramOrder; label: string; detail: string }[] = [
  { order: 'size', label: 'Size', detail: 'Types whose instances take most bytes first' },
  { order: 'count', label: 'Count', detail: 'Types with most instances first' },
  { order: 'sizeChange', label: 'Growth in Bytes', detail: 'Types that have grown most first' },
  { order: 'countChange', label: 'Growth in Instances', detail: 'Types with most new instances first' },
  { order: 'name', label: 'Name', detail: 'Alphabetically' },
];

/** What a stop can be compared with, as it is offered. */
export const comparisonChoices: readonly { compareWith: ComparedWith; label: string; detail: string }[] = [
  { compareWith: 'lastStop', label: 'The Last Stop', detail: 'What has changed from stop to stop' },
  { compareWith: 'mark', label: 'The Marked Moment', detail: 'What has changed since “Mark This Moment”' },
  { compareWith: 'nothing', label: 'Nothing', detail: 'Only what is there now' },
];

/** What can be done about new instances of a type, as it is offered. */
export const watchChoices: readonly { action: WatchAction; label: string; detail: string }[] = [
  { action: 'break', label: 'Stop the Program', detail: 'On the line that creates it' },
  { action: 'track', label: 'Write Down Where', detail: 'Instances tell in the Heap view where they were created' },
  { action: 'off', label: 'Nothing', detail: 'Stop watching for new instances' },
];
