import type { Instance, InstancesArguments } from '../../shared/heapProtocol';
import type { HeapLink } from './link';

const pageSize = 50;

/** The instances of one type at one stop, page by page. */
export class InstanceList {
  readonly items: Instance[] = [];
  /** False: the search ended at its budget. */
  complete = true;
  /** For how many objects the filter raised, and what. */
  failed = 0;
  error: string | undefined;
  /** Why the last page could not be had. */
  failure: string | undefined;
  private total: number | undefined;
  private loading: Promise<void> | undefined;

  /** `type`: its handle; `filter`: a Python expression over `obj`. */
  constructor(
    private readonly link: HeapLink,
    private readonly type: number,
    readonly filter: string | undefined,
  ) {}

  get isLoaded(): boolean {
    return this.total !== undefined;
  }

  /** How many are known of but not here yet. */
  get missing(): number {
    return Math.max(0, (this.total ?? 0) - this.items.length);
  }

  /** The first page, asked for once. */
  async load(): Promise<void> {
    if (!this.isLoaded) {
      await this.more();
    }
  }

  /** The next page. */
  more(): Promise<void> {
    this.loading ??= this.fetch().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async fetch(): Promise<void> {
    try {
      const page = await this.link.instances(await this.question());
      this.items.push(...page.instances);
      // An empty page ends the list, whatever the total says.
      this.total = page.instances.length === 0 ? this.items.length : page.total;
      this.complete = page.complete;
      this.failed = page.failed ?? 0;
      this.error = page.error;
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  private async question(): Promise<InstancesArguments> {
    const page = { type: this.type, start: this.items.length, count: pageSize };
    if (this.filter === undefined) {
      return page;
    }
    const frameId = await this.link.topFrame();
    return { ...page, filter: this.filter, ...(frameId === undefined ? {} : { frameId }) };
  }
}
