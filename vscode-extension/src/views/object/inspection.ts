import { randomUUID } from 'node:crypto';

import type { InspectTarget, ObjectInfo } from '../../shared/protocol';
import type { MemoryLink } from './link';
import { ObjectTree } from './tree';

/** What the view shows of one debug session. */
export interface Shown {
  tree: ObjectTree | undefined;
  /** False: it is as of an earlier stop. */
  current: boolean;
  /** A sentence above the tree. */
  message: string | undefined;
  /** Where the object was found again by evaluating its expression: it may be another one. */
  evaluatedAgain: boolean;
  following: boolean;
  canGoBack: boolean;
}

/** An object that the user has asked for, and the ways to find it again. */
interface Subject {
  /** Unlike that of any other subject: the view must not take the rows of one object for those of another. */
  key: string;
  name: string;
  evaluateName: string | undefined;
  /** Whether that leads to this very object: at a later stop it may lead elsewhere. */
  evaluateNameHolds: boolean;
  /** Handle within the current stop. */
  object: number | undefined;
  /** Asks for the same object at any stop. */
  follow: number | undefined;
}

const historyLimit = 20;

/** The object inspected in one debug session, from stop to stop. */
export class Inspection {
  private subject: Subject | undefined;
  private readonly history: Subject[] = [];
  private tree: ObjectTree | undefined;
  private stopped = true;
  private current = true;
  private message: string | undefined;
  private evaluatedAgain = false;
  private following = true;
  /** Answers to questions that were asked before the last event are out of date. */
  private generation = 0;

  constructor(
    private readonly link: MemoryLink,
    private readonly changed: () => void,
  ) {}

  get shown(): Shown {
    const { tree, current, message, evaluatedAgain, following } = this;
    return { tree, current, message, evaluatedAgain, following, canGoBack: this.history.length > 0 };
  }

  /** Show another object; the one shown until now can be gone back to. */
  async inspect(target: InspectTarget, name: string | undefined, evaluateName: string | undefined): Promise<void> {
    if (!this.stopped) {
      this.say('The program is running: pause it, or let it stop at a breakpoint.');
      return;
    }
    const generation = ++this.generation;
    const asked = name === undefined ? '' : `${name}: `;
    const found = await this.attempt(() => this.link.inspect({ ...target, follow: this.following }), asked);
    if (found !== undefined && generation === this.generation) {
      this.remember();
      this.subject = subjectOf(found, {
        key: randomUUID(),
        name: name ?? '',
        evaluateName,
        evaluateNameHolds: true,
        object: undefined,
        follow: undefined,
      });
      this.show(this.subject, found, false);
    } else if (found !== undefined) {
      this.release(found.follow);
    }
  }

  /** Show the object before this one. */
  async back(): Promise<void> {
    const previous = this.history.pop();
    if (previous !== undefined) {
      this.release(this.subject?.follow);
      this.subject = previous;
      await this.refresh();
    }
  }

  /** Ask again for what is shown. */
  async refresh(): Promise<void> {
    if (!this.stopped) {
      this.say('The program is running.');
    } else if (this.subject !== undefined) {
      await this.find(this.subject);
    }
  }

  /** The program has stopped: look the object up again. */
  async onStopped(): Promise<void> {
    this.generation++;
    this.stopped = true;
    if (this.subject === undefined) {
      this.message = undefined;
      this.changed();
    } else if (this.following) {
      await this.find(this.subject);
    } else {
      this.say('Not followed: as of an earlier stop.');
    }
  }

  /** The program goes on: what is here stays, nothing more can be asked. Nobody is told yet: most steps are short. */
  onResumed(): void {
    this.generation++;
    this.stopped = false;
    this.tree?.freeze();
    this.current = false;
    for (const subject of [this.subject, ...this.history]) {
      if (subject !== undefined) {
        subject.object = undefined;
        subject.evaluateNameHolds = false;
      }
    }
  }

  /** It has been running for a while. */
  showRunning(): void {
    if (!this.stopped) {
      this.say(this.tree === undefined ? undefined : 'Running. As of the last stop.');
    }
  }

  async follow(): Promise<void> {
    this.following = true;
    this.changed();
    if (this.stopped) {
      await this.refresh();
    }
  }

  unfollow(): void {
    this.following = false;
    this.release(this.subject?.follow);
    if (this.subject !== undefined) {
      this.subject.follow = undefined;
    }
    this.changed();
  }

  private async find(subject: Subject): Promise<void> {
    const generation = ++this.generation;
    const outcome = await this.look(subject);
    if (generation !== this.generation) {
      return;
    }
    if (typeof outcome === 'string') {
      this.say(outcome);
      return;
    }
    this.subject = subjectOf(outcome.info, subject);
    this.subject.evaluateNameHolds ||= outcome.evaluatedAgain;
    this.show(this.subject, outcome.info, outcome.evaluatedAgain);
  }

  /** The object, or a sentence that says why it is not to be had. */
  private async look(subject: Subject): Promise<{ info: ObjectInfo; evaluatedAgain: boolean } | string> {
    try {
      if (subject.object !== undefined) {
        const info = await this.link.inspect({ object: subject.object, follow: this.following });
        return { info, evaluatedAgain: this.evaluatedAgain };
      }
      const frameId = await this.link.topFrame();
      const inFrame = frameId === undefined ? {} : { frameId };
      if (subject.follow !== undefined) {
        const found = await this.link.followed({ follow: subject.follow, name: subject.name, ...inFrame });
        return found.alive
          ? { info: found.info, evaluatedAgain: false }
          : `${subject.name} is gone: nothing refers to it any more.`;
      }
      if (subject.evaluateName !== undefined) {
        const info = await this.link.inspect({ expression: subject.evaluateName, ...inFrame, follow: this.following });
        return { info, evaluatedAgain: true };
      }
      return `As of an earlier stop: ${subject.name} cannot be followed, and no expression leads to it.`;
    } catch (error) {
      return `As of an earlier stop. ${subject.name}: ${messageOf(error)}`;
    }
  }

  private async attempt<T>(ask: () => Promise<T>, prefix: string): Promise<T | undefined> {
    const generation = this.generation;
    try {
      return await ask();
    } catch (error) {
      if (generation === this.generation) {
        this.say(prefix + messageOf(error));
      }
      return undefined;
    }
  }

  private show(subject: Subject, info: ObjectInfo, evaluatedAgain: boolean): void {
    const expression = subject.evaluateNameHolds ? subject.evaluateName : info.evaluateName;
    this.tree = new ObjectTree(this.link, subject.key, subject.name, expression, info);
    this.current = true;
    this.evaluatedAgain = evaluatedAgain;
    this.say(undefined);
  }

  private say(message: string | undefined): void {
    this.message = message;
    this.changed();
  }

  private remember(): void {
    if (this.subject !== undefined) {
      this.history.push(this.subject);
      if (this.history.length > historyLimit) {
        this.release(this.history.shift()?.follow);
      }
    }
  }

  private release(follow: number | undefined): void {
    if (follow !== undefined) {
      this.link.unfollow(follow).catch(() => undefined); // a session that has ended needs no tidying
    }
  }
}

/** What is known now; what is not said any more is as before. */
function subjectOf(info: ObjectInfo, before: Subject): Subject {
  return {
    key: before.key,
    name: before.name || info.name || info.type,
    evaluateName: info.evaluateName ?? before.evaluateName,
    evaluateNameHolds: before.evaluateNameHolds || info.evaluateName !== undefined,
    object: info.object,
    follow: info.follow ?? before.follow,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
