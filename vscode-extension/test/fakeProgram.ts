import type {
  Followed,
  InspectArguments,
  ObjectInfo,
  Referrer,
  ReferrerPage,
  ReferrersArguments,
} from '../src/shared/protocol';
import type { MemoryLink } from '../src/views/object/link';

export function info(changes: Partial<ObjectInfo> = {}): ObjectInfo {
  return {
    object: 1,
    name: 'cart',
    type: 'Cart',
    qualifiedType: 'shop.Cart',
    value: '<Cart of Ada>',
    address: '0x7f00',
    shallowSize: 48,
    deepSize: { bytes: 1234, objects: 5, complete: true, text: '1.2 kB' },
    references: 2,
    immortal: false,
    gcTracked: true,
    weakReferences: 0,
    summary: '48 B · 2 refs',
    ...changes,
  };
}

export function referrer(label: string, changes: Partial<Referrer> = {}): Referrer {
  return { label, kind: 'attribute', count: 1, cycle: false, root: false, ...changes };
}

type Questions = { [K in keyof MemoryLink]: Parameters<MemoryLink[K]>[] };

/** A stopped program that answers as it is told, and remembers what it was asked. */
export class FakeProgram implements MemoryLink {
  readonly asked: Questions = {
    inspect: [],
    referrers: [],
    followed: [],
    unfollow: [],
    topFrame: [],
    frameLocation: [],
  };
  /** What is wrong with every question, if something is. */
  failure: string | undefined;
  onInspect: (question: InspectArguments) => ObjectInfo | Promise<ObjectInfo> = () => info();
  onFollowed: (follow: number) => Followed = () => ({ alive: false });
  /** By handle. */
  holders = new Map<number, Referrer[]>();
  unaccounted = 0;
  complete = true;

  inspect(question: InspectArguments): Promise<ObjectInfo> {
    this.asked.inspect.push([question]);
    return this.answer(() => this.onInspect(question));
  }

  referrers(question: ReferrersArguments): Promise<ReferrerPage> {
    this.asked.referrers.push([question]);
    const { object, start = 0, count = Infinity } = question;
    const all = this.holders.get(object) ?? [];
    const { unaccounted, complete } = this;
    return this.answer(() => ({
      referrers: all.slice(start, start + count),
      total: all.length,
      unaccounted,
      complete,
    }));
  }

  followed(question: { follow: number; frameId?: number }): Promise<Followed> {
    this.asked.followed.push([question]);
    return this.answer(() => this.onFollowed(question.follow));
  }

  unfollow(follow: number): Promise<void> {
    this.asked.unfollow.push([follow]);
    return this.answer(() => undefined);
  }

  topFrame(): Promise<number | undefined> {
    this.asked.topFrame.push([]);
    return this.answer(() => 100);
  }

  frameLocation(frameId: number): Promise<undefined> {
    this.asked.frameLocation.push([frameId]);
    return this.answer(() => undefined);
  }

  private async answer<T>(make: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    if (this.failure !== undefined) {
      throw new Error(this.failure);
    }
    return make();
  }
}
