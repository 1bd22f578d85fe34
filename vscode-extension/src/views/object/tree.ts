import type { ObjectInfo, Referrer } from '../../shared/protocol';
import { factsOf } from './facts';
import type { MemoryLink } from './link';
import type { HoldersNode, ListOwner, ReferrerNode, SubjectNode, TreeNode } from './nodes';
import { ReferrerList } from './referrerList';

/** One object as of one stop: its facts, and the tree of what holds it, loaded as it is opened. */
export class ObjectTree {
  readonly subject: SubjectNode;
  readonly holders: HoldersNode;
  private readonly children = new Map<string, TreeNode[]>();
  private frozen = false;

  /** `key`: begins the ids of the nodes, by which the view knows what was open; the same for an object from stop to stop. */
  constructor(
    private readonly link: MemoryLink,
    key: string,
    name: string,
    evaluateName: string | undefined,
    readonly info: ObjectInfo,
  ) {
    this.subject = { kind: 'subject', id: `${key}/subject`, parent: undefined, name, evaluateName, info };
    const list = new ReferrerList(link, info.object, [info.object]);
    this.holders = { kind: 'holders', id: `${key}/holders`, parent: undefined, name, info, list };
  }

  get roots(): TreeNode[] {
    return [this.subject, this.holders];
  }

  /** From now on only what is here already: the program has gone on, and the handles are dead. */
  freeze(): void {
    this.frozen = true;
  }

  canOpen(node: TreeNode): boolean {
    switch (node.kind) {
      case 'subject':
        return true;
      case 'holders':
        return !this.frozen || node.list.isLoaded;
      case 'referrer':
        return node.list !== undefined && (!this.frozen || node.list.isLoaded);
      default:
        return false;
    }
  }

  async childrenOf(node: TreeNode): Promise<TreeNode[]> {
    switch (node.kind) {
      case 'subject':
        return this.cached(node, () => this.factNodes());
      case 'holders':
      case 'referrer':
        return node.list === undefined ? [] : this.listed(node, node.list);
      default:
        return [];
    }
  }

  /** Load the next page of a list. */
  async showMore(owner: ListOwner): Promise<void> {
    if (!this.frozen) {
      await owner.list?.more();
      this.children.delete(owner.id);
    }
  }

  private cached(node: TreeNode, make: () => TreeNode[]): TreeNode[] {
    const known = this.children.get(node.id) ?? make();
    this.children.set(node.id, known);
    return known;
  }

  private factNodes(): TreeNode[] {
    const { subject } = this;
    return factsOf(this.info).map((fact) => ({
      kind: 'fact',
      id: `${subject.id}/${fact.label}`,
      parent: subject,
      ...fact,
    }));
  }

  private async listed(owner: ListOwner, list: ReferrerList): Promise<TreeNode[]> {
    if (!this.frozen) {
      await list.load();
    }
    if (list.isLoaded) {
      return this.cached(owner, () => [...this.referrerNodes(owner, list), ...endOf(owner, list)]);
    }
    return list.failure === undefined ? [] : [note(owner, list.failure)];
  }

  private referrerNodes(owner: ListOwner, list: ReferrerList): ReferrerNode[] {
    const seen = new Map<string, number>();
    return list.items.map((referrer) => {
      const time = seen.get(referrer.label) ?? 0;
      seen.set(referrer.label, time + 1);
      const id = `${owner.id}/${referrer.label}#${time}`;
      return { kind: 'referrer', id, parent: owner, referrer, list: this.listAbove(referrer, list) };
    });
  }

  private listAbove(referrer: Referrer, below: ReferrerList): ReferrerList | undefined {
    if (referrer.object === undefined || referrer.cycle || referrer.root) {
      return undefined;
    }
    return new ReferrerList(this.link, referrer.object, [...below.ancestors, referrer.object]);
  }
}

/** What follows the referrers of a list: more of them, the remainder, and where the search gave up. */
function endOf(owner: ListOwner, list: ReferrerList): TreeNode[] {
  const end: TreeNode[] = [];
  if (list.missing > 0) {
    end.push({ kind: 'more', id: `${owner.id}/more`, parent: owner, owner });
  }
  if (list.failure !== undefined) {
    end.push(note(owner, list.failure));
  }
  if (list.unaccounted > 0) {
    end.push({ kind: 'remainder', id: `${owner.id}/remainder`, parent: owner, count: list.unaccounted });
  }
  if (!list.complete) {
    end.push(note(owner, 'The search ended at its time budget: there may be more.'));
  } else if (list.items.length === 0 && list.unaccounted <= 0) {
    end.push(note(owner, 'Nothing refers to it.'));
  }
  return end;
}

function note(owner: TreeNode, text: string): TreeNode {
  return { kind: 'note', id: `${owner.id}/note`, parent: owner, text };
}
