import * as vscode from 'vscode';

import type { Disposing } from '../../common/disposing';
import type { SessionChange, Sessions } from '../../common/sessions';
import { Heap } from './heap';
import type { HeapOptions } from './options';
import { heapLink } from './sessionLink';

/** How long a program runs before the view says so: a step is over sooner. */
const patience = 300;

/**
 * One histogram for each debug session; the view shows that of the session the user looks at.
 *
 * A walk over a heap takes its time at every stop, so nothing is asked before the user wants it, and nothing while
 * nobody looks.
 */
export class Heaps implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly bySession = new Map<string, Heap>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: Disposing[];
  private wanted = false;
  private looking = false;

  constructor(
    private readonly sessions: Sessions,
    private readonly options: HeapOptions,
  ) {
    this.subscriptions = [
      this.changed,
      sessions.onDidChange((change) => this.follow(change)),
      sessions.onDidChangeActive(() => this.look()),
    ];
  }

  get isWanted(): boolean {
    return this.wanted;
  }

  /** That of the session which the user looks at, if there is one. */
  get visible(): Heap | undefined {
    const session = this.session;
    return session === undefined ? undefined : this.of(session);
  }

  /** The session that is looked at. */
  get session(): vscode.DebugSession | undefined {
    return this.sessions.active;
  }

  /** From now on, or no longer. */
  want(wanted: boolean): Promise<void> {
    this.wanted = wanted;
    return this.look();
  }

  /** The view can be seen, or no longer. */
  lookedAt(looking: boolean): void {
    this.looking = looking;
    void this.look();
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private of(session: vscode.DebugSession): Heap {
    let heap = this.bySession.get(session.id);
    if (heap === undefined) {
      heap = new Heap(heapLink(session, this.sessions), this.options, () => this.changed.fire());
      if (this.sessions.stateOf(session.id).kind !== 'stopped') {
        heap.onResumed();
      }
      this.bySession.set(session.id, heap);
    }
    return heap;
  }

  /** Ask, where there is something to ask and someone to see it. */
  private async look(): Promise<void> {
    const { session } = this;
    this.changed.fire();
    if (this.wanted && this.looking && session !== undefined && this.sessions.stateOf(session.id).kind === 'stopped') {
      const heap = this.of(session);
      if (!heap.isCurrent) {
        await heap.refresh();
      }
    }
  }

  private follow({ session, state }: SessionChange): void {
    clearTimeout(this.timers.get(session.id));
    this.timers.delete(session.id);
    const heap = this.bySession.get(session.id);
    switch (state.kind) {
      case 'starting':
        break;
      case 'running':
        heap?.onResumed();
        this.timers.set(
          session.id,
          setTimeout(() => heap?.showRunning(), patience),
        );
        break;
      case 'stopped':
        heap?.onStopped();
        void this.look();
        break;
      case 'ended':
        this.bySession.delete(session.id);
        this.changed.fire();
        break;
    }
  }
}
