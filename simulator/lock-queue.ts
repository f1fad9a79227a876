// A resource manager whose callers wait for locks in line, as those of a database do: first come, first served, until the
// lock is free or the wait has been too long. What decides deadlocks is that limit, and nothing else.

import type { Call, Ledger, Outcome, Participant, ParticipantEnv } from '../engine/core/protocol.ts';
import { locked, ResourceManager } from '../engine/two-phase-commit/index.ts';
import type { Task, TimedParticipant, Turn, TurnTime } from './timed-participant.ts';

/** As PostgreSQL's `deadlock_timeout` and SQL Server's usual advice: a second is long, for a lock. */
const WAIT_MAX_US = 1_000_000;
/** Who is told "locked" after its caller has given up is told nothing. */
const BEFORE_TIMEOUT_US = 100_000;

interface Waiting {
  readonly task: number;
  readonly call: Call;
  readonly untilUs: number;
}

type Answer = Turn['answers'][number];

export class LockQueue implements TimedParticipant {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  readonly inner: Participant;
  readonly #manager: ResourceManager;
  /** First come first. Kept in memory: a restart sends everybody away. */
  #line: Waiting[] = [];
  #env: ParticipantEnv | undefined;

  constructor(participant: Participant) {
    this.inner = participant;
    this.#manager = new ResourceManager(participant);
    this.actions = this.#manager.actions;
    this.ledger = this.#manager.ledger;
  }

  open(): void {}

  start(): Turn {
    return this.#turn([]);
  }

  /** Without waiting. */
  handle(call: Call, env: ParticipantEnv): Outcome {
    return this.#manager.handle(call, env);
  }

  begin({ task, call, timeoutMs }: Task, { nowUs }: TurnTime, env: ParticipantEnv): Turn {
    this.#env = env;
    if (this.#mustWait(call)) {
      const waitUs = Math.min(WAIT_MAX_US, timeoutMs * 1_000 - BEFORE_TIMEOUT_US);
      this.#line.push({ task, call, untilUs: nowUs + Math.max(0, waitUs) });
      return this.#turn([], [task]);
    }
    return this.#turn([{ task, outcome: this.#manager.handle(call, env) }, ...this.#serve(env)]);
  }

  /** Those who waited too long are told who holds the lock. */
  advance({ nowUs }: TurnTime): Turn {
    const late = this.#line.filter(({ untilUs }) => untilUs <= nowUs);
    this.#line = this.#line.filter(({ untilUs }) => untilUs > nowUs);
    const env = this.#env!;
    const answers = late.map(({ task, call }): Answer => {
      const held = this.#manager.heldBy(call);
      return { task, outcome: held === undefined ? this.#manager.handle(call, env) : locked(held) };
    });
    return this.#turn([...answers, ...this.#serve(env)]);
  }

  restart(): void {
    this.#line = [];
    this.#manager.restart();
  }

  forget(saga: string): void {
    this.#manager.forget(saga);
  }

  /** Nobody overtakes another who waits for the same record. */
  #mustWait(call: Call): boolean {
    if (this.#manager.heldBy(call) !== undefined) return true;
    const wanted = this.#manager.wants(call);
    return this.#line.some((before) =>
      this.#manager.wants(before.call).some((record) => wanted.includes(record)),
    );
  }

  /** All who need not wait any more, in the order in which they came. */
  #serve(env: ParticipantEnv): readonly Answer[] {
    const answers: Answer[] = [];
    const line = this.#line;
    this.#line = [];
    for (const one of line) {
      if (this.#mustWait(one.call)) this.#line.push(one);
      else answers.push({ task: one.task, outcome: this.#manager.handle(one.call, env) });
    }
    return answers;
  }

  #turn(answers: readonly Answer[], parked: readonly number[] = []): Turn {
    const nextAtUs = this.#line.reduce(
      (least, { untilUs }) => (least < 0 ? untilUs : Math.min(least, untilUs)),
      -1,
    );
    return { answers, parked, nextAtUs };
  }
}
