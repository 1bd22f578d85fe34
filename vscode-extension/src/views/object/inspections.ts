import * as vscode from 'vscode';

import type { Disposing } from '../../common/disposing';
import type { SessionChange, Sessions } from '../../common/sessions';
import { Inspection, type Shown } from './inspection';
import { sessionLink } from './sessionLink';

/** How long a program runs before the view says so: a step is over sooner. */
const patience = 300;

/** One inspection for each debug session; the view shows that of the session the user looks at. */
export class Inspections implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly bySession = new Map<string, Inspection>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: Disposing[];

  constructor(private readonly sessions: Sessions) {
    this.subscriptions = [
      this.changed,
      sessions.onDidChange((change) => this.follow(change)),
      sessions.onDidChangeActive(() => this.changed.fire()),
    ];
  }

  /** The inspection to look at, if there is one. */
  get visible(): Inspection | undefined {
    const { active } = this.sessions;
    if (active !== undefined) {
      return this.bySession.get(active.id);
    }
    return this.bySession.size === 1 ? [...this.bySession.values()][0] : undefined;
  }

  get shown(): Shown | undefined {
    return this.visible?.shown;
  }

  /** That of a session which may be asked; undefined when there is none. */
  of(sessionId: string | undefined): Inspection | undefined {
    const session = sessionId === undefined ? this.sessions.active : this.sessions.get(sessionId);
    if (session === undefined) {
      return undefined;
    }
    let inspection = this.bySession.get(session.id);
    if (inspection === undefined) {
      inspection = new Inspection(sessionLink(session, this.sessions), () => this.changed.fire());
      if (this.sessions.stateOf(session.id).kind !== 'stopped') {
        inspection.onResumed();
      }
      this.bySession.set(session.id, inspection);
    }
    return inspection;
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private follow({ session, state }: SessionChange): void {
    clearTimeout(this.timers.get(session.id));
    this.timers.delete(session.id);
    const inspection = this.bySession.get(session.id);
    switch (state.kind) {
      case 'starting':
        break;
      case 'running':
        inspection?.onResumed();
        this.timers.set(
          session.id,
          setTimeout(() => inspection?.showRunning(), patience),
        );
        break;
      case 'stopped':
        void inspection?.onStopped();
        break;
      case 'ended':
        this.bySession.delete(session.id);
        this.changed.fire();
        break;
    }
  }
}
