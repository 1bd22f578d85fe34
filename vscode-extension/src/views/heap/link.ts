import type {
  Amounts,
  Histogram,
  HistogramArguments,
  InstancePage,
  InstancesArguments,
  WatchTypeArguments,
  WatchedType,
} from '../../shared/heapProtocol';

/** What the Heap view asks of a stopped program. Every promise may be rejected with a message for the user. */
export interface HeapLink {
  histogram(question: HistogramArguments): Promise<Histogram>;
  mark(): Promise<Amounts>;
  instances(question: InstancesArguments): Promise<InstancePage>;
  watchType(question: WatchTypeArguments): Promise<WatchedType>;
  /** The innermost frame of the thread that stopped. */
  topFrame(): Promise<number | undefined>;
}
