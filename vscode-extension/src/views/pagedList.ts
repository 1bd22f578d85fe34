/** One page of a list, as a program answers it. */
export interface ListPage<T> {
  items: T[];
  total: number;
  /** False: the search ended at its budget. */
  complete: boolean;
}

/** A list that is asked for page by page, and keeps what it has. */
export abstract class PagedList<T> {
  readonly items: T[] = [];
  complete = true;
  /** Why the last page could not be had. */
  failure: string | undefined;
  /** Undefined before the first page. */
  total: number | undefined;
  private loading: Promise<void> | undefined;

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
    this.loading ??= this.append().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  /** Ask for the page that begins there. May be rejected with a message for the user. */
  protected abstract page(start: number): Promise<ListPage<T>>;

  private async append(): Promise<void> {
    try {
      const { items, total, complete } = await this.page(this.items.length);
      this.items.push(...items);
      // An empty page ends the list, whatever the total says.
      this.total = items.length === 0 ? this.items.length : total;
      this.complete = complete;
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }
}
