// One process of a user's code in the thread of the services: its lives, its timers, and the calls in its hands. What the code
// is, a service or a client, is said by who extends it.

import type { Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { firstLine, thrownAt } from '../thrown-place.ts';
import type { Answered, Task } from '../timed-participant.ts';
import { fail, handling } from './fault-slot.ts';
import { end, type Life, nextTimer, type Owner, owners, type VirtualTimer } from './virtual-time.ts';

export abstract class Slot {
  /** In words, for people: `service "payments"`. */
  readonly name: string;
  readonly #seed: string;
  #lives = 0;
  #owner: Owner | undefined;
  #isStarting = false;
  readonly #open = new Map<number, Task>();
  #answers: Answered[] = [];
  readonly #touched = new Set<number>();

  constructor(name: string, seed: string) {
    this.name = name;
    this.#seed = seed;
  }

  /** Starts the user's code for a life; nothing is asked of it before. */
  protected abstract up(life: Life): Promise<void>;
  protected abstract down(): void;
  protected abstract answerTo(task: Task): Promise<Omit<Answered, 'task'>>;

  get isUp(): boolean {
    return this.#owner !== undefined;
  }

  /** What is neither answered nor given up, in words; undefined when there is nothing. */
  get waits(): string | undefined {
    if (this.#isStarting) return 'starting';
    const [task] = this.#open.values();
    if (task === undefined) return undefined;
    return handling(task.call);
  }

  /** The timer that goes off next. */
  get timer(): VirtualTimer | undefined {
    return this.#owner === undefined ? undefined : nextTimer(this.#owner.life);
  }

  /** A life begins. */
  start(): void {
    const life: Life = {
      name: this.name,
      seed: `${this.#seed}\u0000${++this.#lives}`,
      timers: new Set(),
      isOver: false,
      outgoing: undefined,
    };
    this.#owner = { life, task: undefined, random: undefined };
    this.#isStarting = true;
    void owners.run(this.#owner, async () => {
      try {
        await this.up(life);
        if (!life.isOver) this.#isStarting = false;
      } catch (error) {
        fail(error instanceof UserError ? error : this.mistake('bad-service', 'could not be started', error));
      }
    });
  }

  /** The process dies: no handler goes on, no timer goes off. */
  stop(): void {
    if (this.#owner !== undefined) end(this.#owner.life);
    this.#owner = undefined;
    this.#isStarting = false;
    this.#open.clear();
    this.down();
  }

  begin(task: Task): void {
    const life = this.#owner!.life;
    this.#open.set(task.task, task);
    this.#touched.add(task.task);
    void owners.run({ life, task, random: undefined }, async () => {
      try {
        const answer = await this.answerTo(task);
        if (!life.isOver && this.#open.delete(task.task)) this.#answers.push({ task: task.task, ...answer });
      } catch (error) {
        fail(
          error instanceof UserError
            ? error
            : this.mistake('bad-participant', `asked for "${task.call.action}", threw`, error),
        );
      }
    });
  }

  fire(timer: VirtualTimer): void {
    const task = timer.owner?.task?.task;
    if (task !== undefined) this.#touched.add(task);
    timer.fire();
  }

  /** What has happened since it was asked for last. */
  take(): { readonly answers: readonly Answered[]; readonly parked: readonly number[] } {
    const answers = this.#answers;
    const parked = [...this.#touched].filter((task) => this.#open.has(task));
    this.#answers = [];
    this.#touched.clear();
    return { answers, parked };
  }

  /** Runs code that belongs to no call. */
  protected byItself<Value>(work: () => Value): Value {
    return this.#owner === undefined ? work() : owners.run(this.#owner, work);
  }

  protected mistake(code: string, what: string, error: unknown): UserError {
    return new UserError(code, `${this.name} ${what}: ${firstLine(error)}${thrownAt(error)}`);
  }
}

/** An outcome that is all that there is to say. */
export async function only(outcome: Outcome | Promise<Outcome>): Promise<Omit<Answered, 'task'>> {
  return { outcome: await outcome };
}
