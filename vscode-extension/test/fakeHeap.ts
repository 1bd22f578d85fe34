import type {
  Amounts,
  Histogram,
  HistogramArguments,
  HistogramRow,
  Instance,
  InstancePage,
  InstancesArguments,
  WatchTypeArguments,
  WatchedType,
} from '../src/shared/heapProtocol';
import type { HeapLink } from '../src/views/heap/link';

export function typeRow(name: string, changes: Partial<HistogramRow> = {}): HistogramRow {
  return { type: 1, name, qualifiedName: `shop.${name}`, module: 'shop', count: 3, size: 144, ...changes };
}

export function instance(object: number, changes: Partial<Instance> = {}): Instance {
  return { object, value: `<Cart ${object}>`, size: 48, references: 2, ...changes };
}

/** A stopped program with a heap, that remembers what it was asked. */
export class FakeHeap implements HeapLink {
  readonly histograms: HistogramArguments[] = [];
  readonly pages: InstancesArguments[] = [];
  readonly watches: WatchTypeArguments[] = [];
  marks = 0;
  rows: HistogramRow[] = [typeRow('Cart')];
  things: Instance[] = [];
  /** Besides what is counted from the rows and the things. */
  answer: Partial<Histogram> = {};
  page: Partial<InstancePage> = {};
  /** What is wrong with every question, if something is. */
  failure: string | undefined;
  /** Answers wait for it. */
  hold: Promise<void> = Promise.resolve();

  async histogram(question: HistogramArguments): Promise<Histogram> {
    this.histograms.push(question);
    await this.ready();
    const { start = 0, count = Infinity } = question;
    const total = (of: 'count' | 'size') => this.rows.reduce((sum, row) => sum + row[of], 0);
    return {
      rows: this.rows.slice(start, start + count),
      total: this.rows.length,
      totals: { count: total('count'), size: total('size') },
      comparedWith: null,
      complete: true,
      seconds: 0.01,
      ...this.answer,
    };
  }

  async mark(): Promise<Amounts> {
    this.marks++;
    await this.ready();
    return { count: 3, size: 144 };
  }

  async instances(question: InstancesArguments): Promise<InstancePage> {
    this.pages.push(question);
    await this.ready();
    const { start = 0, count = Infinity } = question;
    return { instances: this.things.slice(start, start + count), total: this.things.length, complete: true, ...this.page };
  }

  async watchType(question: WatchTypeArguments): Promise<WatchedType> {
    this.watches.push(question);
    await this.ready();
    return { typeName: 'shop.Cart', action: question.action };
  }

  topFrame(): Promise<number> {
    return Promise.resolve(100);
  }

  private async ready(): Promise<void> {
    await this.hold;
    if (this.failure !== undefined) {
      throw new Error(this.failure);
    }
  }
}
