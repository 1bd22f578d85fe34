import type { Instance, InstancesArguments } from '../../shared/heapProtocol';
import { type ListPage, PagedList } from '../pagedList';
import type { HeapLink } from './link';

const pageSize = 50;

/** The instances of one type at one stop, page by page. */
export class InstanceList extends PagedList<Instance> {
  /** For how many objects the filter raised, and what. */
  failed = 0;
  error: string | undefined;

  /** `type`: its handle; `filter`: a Python expression over `obj`. */
  constructor(
    private readonly link: HeapLink,
    private readonly type: number,
    readonly filter: string | undefined,
  ) {
    super();
  }

  protected async page(start: number): Promise<ListPage<Instance>> {
    const { instances, total, complete, failed = 0, error } = await this.link.instances(await this.question(start));
    this.failed = failed;
    this.error = error;
    return { items: instances, total, complete };
  }

  private async question(start: number): Promise<InstancesArguments> {
    const page = { type: this.type, start, count: pageSize };
    if (this.filter === undefined) {
      return page;
    }
    const frameId = await this.link.topFrame();
    return { ...page, filter: this.filter, ...(frameId === undefined ? {} : { frameId }) };
  }
}
