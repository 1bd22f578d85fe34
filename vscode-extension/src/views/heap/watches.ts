import type { WatchAction, WatchedType } from '../../shared/heapProtocol';
import type { WatchNode, WatchesNode } from './nodes';

/** The types of one session whose new instances are waited for or written down, in the order of their names. */
export class Watches {
  private readonly actions = new Map<string, Exclude<WatchAction, 'off'>>();

  actionOf(typeName: string): WatchAction {
    return this.actions.get(typeName) ?? 'off';
  }

  /** What the program has answered. */
  enter({ typeName, action }: WatchedType): void {
    if (action === 'off') {
      this.actions.delete(typeName);
    } else {
      this.actions.set(typeName, action);
    }
  }

  /** The rows that show them: none where there are none. */
  nodes(): WatchesNode[] {
    if (this.actions.size === 0) {
      return [];
    }
    const types: WatchNode[] = [];
    const all: WatchesNode = { kind: 'watches', id: 'watches', parent: undefined, types };
    const sorted = [...this.actions].sort(([one], [other]) => (one < other ? -1 : 1));
    types.push(...sorted.map(([typeName, action]): WatchNode => ({ kind: 'watch', id: `watch/${typeName}`, parent: all, typeName, action })));
    return [all];
  }
}

/** What is said when it begins or ends. */
export function watchMessage({ typeName, action }: WatchedType): string {
  switch (action) {
    case 'break':
      return `The program will stop when a new ${typeName} is created.`;
    case 'track':
      return `From now on it is written down where each ${typeName} is created.`;
    case 'off':
      return `New instances of ${typeName} are not watched any more.`;
  }
}
