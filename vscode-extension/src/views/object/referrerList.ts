import type { Referrer } from '../../shared/protocol';
import { type ListPage, PagedList } from '../pagedList';
import type { MemoryLink } from './link';

const pageSize = 50;

/** What refers to one object, page by page. */
export class ReferrerList extends PagedList<Referrer> {
  /** References held by native code or the evaluation stack. */
  unaccounted = 0;

  /** `ancestors`: the objects from the top of the tree down to `object`, by which cycles are noticed. */
  constructor(
    private readonly link: MemoryLink,
    readonly object: number,
    readonly ancestors: readonly number[],
  ) {
    super();
  }

  protected async page(start: number): Promise<ListPage<Referrer>> {
    const { referrers, total, complete, unaccounted } = await this.link.referrers({
      object: this.object,
      start,
      count: pageSize,
      ancestors: [...this.ancestors],
    });
    this.unaccounted = unaccounted;
    return { items: referrers, total, complete };
  }
}
