import type { Referrer } from '../../shared/protocol';
import type { MemoryLink } from './link';

const pageSize = 50;

/** What refers to one object, page by page. */
export class ReferrerList {
  readonly items: Referrer[] = [];
  /** References held by native code or the evaluation stack. */
  unaccounted = 0;
  /** False: the search ended at its budget. */
  complete = true;
  /** Why the last page could not be had. */
  failure: string | undefined;
  private total: number | undefined;
  private loading: Promise<void> | undefined;

  /** `ancestors`: the objects from the top of the tree down to `object`, by which cycles are noticed. */
  constructor(
    private readonly link: MemoryLink,
    readonly object: number,
    readonly ancestors: readonly number[],
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
      const page = await this.link.referrers({
        object: this.object,
        start: this.items.length,
        count: pageSize,
        ancestors: [...this.ancestors],
      });
      this.items.push(...page.referrers);
      // An empty page ends the list, whatever the total says.
      this.total = page.referrers.length === 0 ? this.items.length : page.total;
      this.unaccounted = page.unaccounted;
      this.complete = page.complete;
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}
