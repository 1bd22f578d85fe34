import type { ReferrerNode, TreeNode } from './nodes';

/** How the object is held, from the node outwards in: `global CACHE in shop → ['x'] → cart`. */
export function pathTo(node: TreeNode): string {
  const labels = referrersDownFrom(node).map(({ referrer }) => referrer.label);
  const top = topOf(node);
  return [...labels, ...(top.kind === 'holders' ? [top.name] : [])].join(' → ');
}

/** A Python expression for the object that goes this way; undefined where it does not begin at a root, or a step has none. */
export function expressionVia(node: ReferrerNode): string | undefined {
  if (!node.referrer.root) {
    return undefined;
  }
  const steps = referrersDownFrom(node).map(({ referrer }) => referrer.step);
  return steps.every((step) => step !== undefined) ? steps.join('') : undefined;
}

function referrersDownFrom(node: TreeNode): ReferrerNode[] {
  const found: ReferrerNode[] = [];
  for (let at: TreeNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.kind === 'referrer') {
      found.push(at);
    }
  }
  return found;
}

function topOf(node: TreeNode): TreeNode {
  let top = node;
  while (top.parent !== undefined) {
    top = top.parent;
  }
  return top;
}
