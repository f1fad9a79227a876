// A service on its node: the participant's own code, plus what can happen to the machine it runs on.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import { join32 } from '../../engine/core/mix.ts';
import { overTheWire } from '../../engine/core/over-the-wire.ts';
import type { Call, LedgerEntry, Outcome, Participant, Rejected } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { CommitFate, HandlerFate, RestartFate } from '../faults/fault.ts';
import { faultSet } from '../faults/injector.ts';
import { commitOf, PLACE, participantMachine } from '../faults/point.ts';
import type { HttpResponse } from '../http-message.ts';
import { SagaMistake } from '../invariants/nothing-thrown.ts';
import type { Capacity } from '../service-load.ts';
import { firstLine, thrownAt } from '../thrown-place.ts';
import { isTimed } from '../timed-participant.ts';
import type { Desks } from './desks.ts';
import type { Sufferer } from './incidents.ts';
import { MachineClock } from './machine-clock.ts';
import { type Message, REFUSED, type Receiver, type Replies } from './message.ts';
import { SimEnv } from './participant-env.ts';
import type { RequestQueue, ServiceTimes } from './request-queue.ts';
import { AmbientAccessError } from './sandbox.ts';
import { operationAt, type SimSaga } from './sim-saga.ts';
import { type AfterFate, type DeskOwner, TaskDesk } from './task-desk.ts';
import { deliver, TRACE, type World } from './world.ts';

const FULL: Outcome = { kind: 'rejected', failure: 'resource_exhausted', reason: 'too many requests wait' };
const LIMITED: Rejected = { kind: 'rejected', failure: 'rate_limited', reason: 'too many requests' };
const FAILED_AFTER: Outcome = { kind: 'unknown', failure: 'transient', reason: 'internal server error' };

/** Kinds that strike a request: each counts only where no other left it nothing to do (S7). */
const FAIL_BEFORE_BIT = faultSet('fail-before');
const FAIL_AFTER_BIT = faultSet('fail-after');
const CRASH_BEFORE_BIT = faultSet('participant-crash-before');
const CRASH_AFTER_BIT = faultSet('participant-crash-after');

/** Thrown through a participant whose process dies between two of its commits: no mistake of its author. */
class Died extends Error {}

/** A service and what it can bear. */
export interface NodeParts {
  readonly service: string;
  readonly participant: Participant;
  readonly capacity: Capacity | undefined;
  /** Where a user's code has its timers; undefined when there is none in the world. */
  readonly desks: Desks | undefined;
}

export class ParticipantNode implements Receiver, Sufferer, DeskOwner {
  readonly service: string;
  readonly number: number;
  lastSequence = 0;
  readonly #world: World;
  readonly #participant: Participant;
  readonly #env: SimEnv;
  readonly #clock: MachineClock;
  readonly #queue: RequestQueue | undefined;
  /** Of a service that takes time over its answers. */
  readonly #desk: TaskDesk | undefined;
  readonly #faulty: boolean;
  readonly #restarts: boolean;
  readonly #commits: boolean;
  #replies: Replies | undefined;
  #downUntilUs = 0;
  #silentUntilUs = 0;
  readonly #fate: HandlerFate = {
    failBefore: undefined,
    certain: false,
    failAfter: false,
    crash: 'none',
    downUs: 0,
  };

  readonly #commitFate: CommitFate = { crash: false, downUs: 0 };
  readonly #restartFate: RestartFate = { restart: false };
  /** What is being handled, the commits that it made so far, and whether the process died of one. */
  #handled: Message | undefined;
  #commitsMade = 0;
  #died: Died | undefined;

  /** @param times lets requests wait; undefined when nothing is ever slow */
  constructor(
    world: World,
    { service, participant, capacity, desks }: NodeParts,
    number: number,
    times: ServiceTimes | undefined,
  ) {
    const { injector } = world;
    this.#world = world;
    this.service = service;
    this.#participant = participant;
    this.number = number;
    this.#faulty = injector.canStrike('handler');
    this.#restarts = injector.canStrike('restart') && participant.restart !== undefined;
    this.#commits = injector.canStrike('commit');
    this.#clock = new MachineClock(world, participantMachine(number));
    this.#env = new SimEnv(world, this.#clock, () => this.#commit());
    this.#desk =
      isTimed(participant) && desks !== undefined
        ? new TaskDesk(world, desks, {
            owner: this,
            participant,
            env: new SimEnv(world, this.#clock),
          })
        : undefined;
    this.#queue = times?.queue({
      node: number,
      capacity,
      slownessPermille: () => world.incidents.slownessPermille(service, world.sim.nowUs),
      serve: (message) => this.#serve(message),
    });
  }

  connect(replies: Replies): void {
    this.#replies = replies;
  }

  /** A request arrived. */
  receive(message: Message): void {
    const { sim, incidents } = this.#world;
    const { saga, operation, transmission } = message;
    if (sim.nowUs < this.#downUntilUs) {
      incidents.foundDown(this.service, sim.nowUs);
      if (sim.nowUs < this.#silentUntilUs) return this.#unheard(message);
      sim.note(TRACE.refused, saga.index, operation, transmission);
      return this.#replies!.reply(message, REFUSED);
    }
    const retryAfterUs = incidents.refusesForUs(this.service, sim.nowUs);
    if (retryAfterUs > 0) return this.#replies!.reply(message, { ...LIMITED, retryAfterUs });
    const admission = this.#queue?.admit(message) ?? 'served';
    if (admission === 'served') this.#serve(message);
    else if (admission === 'refused') this.#replies!.reply(message, FULL);
  }

  /** Nothing answers: the request is lost. */
  #unheard({ saga, operation, transmission }: Message): void {
    this.#world.sim.note(TRACE.lose, saga.index, operation, transmission);
    this.#world.settle(saga);
  }

  goDown(downUs: number, isSilent: boolean): void {
    const { sim, incidents } = this.#world;
    if (isSilent) this.#silentUntilUs = sim.nowUs + downUs;
    const held = (this.#queue?.length ?? 0) + (this.#desk?.length ?? 0);
    for (let lost = held; lost > 0; lost--) incidents.foundDown(this.service, sim.nowUs);
    this.#crash(downUs);
  }

  #serve(message: Message): void {
    const { saga, operation, transmission } = message;
    this.#world.sim.note(TRACE.deliver, saga.index, operation, transmission);
    this.#world.judge.call(message.call, operation >> 1, saga);
    this.#clock.tick(saga);
    if (this.#restarts) this.#mayRestart(message);
    if (this.#faulty) return this.#underFaults(message);
    if (this.#desk !== undefined) return this.#desk.begin(message, this.#fate);
    const outcome = this.#handle(message);
    if (outcome !== undefined) this.#replies!.reply(message, outcome);
  }

  #underFaults(message: Message): void {
    const { injector } = this.#world;
    const { saga, operation, transmission } = message;
    const fate = this.#fate;
    fate.failBefore = undefined;
    fate.failAfter = false;
    fate.crash = 'none' as HandlerFate['crash'];
    injector.at('handler', PLACE.handler, saga.index, operation, transmission, fate);
    if (fate.crash === 'before') {
      deliver(this.#world, CRASH_BEFORE_BIT, saga);
      return this.#crash(fate.downUs);
    }
    if (fate.failBefore !== undefined) {
      deliver(this.#world, FAIL_BEFORE_BIT, saga);
      const kind = fate.certain ? 'rejected' : 'unknown';
      return this.#replies!.reply(message, { kind, failure: fate.failBefore, reason: 'injected failure' });
    }
    if (this.#desk !== undefined) return this.#desk.begin(message, { ...fate });
    const outcome = this.#handle(message);
    if (outcome !== undefined) this.#answer(message, outcome, fate);
  }

  #answer(message: Message, outcome: Outcome, fate: AfterFate, response?: HttpResponse): void {
    const { saga } = message;
    if (fate.crash === 'after') {
      deliver(this.#world, CRASH_AFTER_BIT, saga);
      return this.#crash(fate.downUs);
    }
    if (!fate.failAfter) return this.#replies!.reply(message, outcome, response);
    if (!isSameAnswer(outcome, FAILED_AFTER)) deliver(this.#world, FAIL_AFTER_BIT, saga);
    this.#replies!.reply(message, FAILED_AFTER);
  }

  /** Its answer; undefined when it died on the way, and then what it had committed stands. */
  #handle(message: Message): Outcome | undefined {
    const { call, saga } = message;
    this.#handled = message;
    this.#commitsMade = 0;
    this.#died = undefined;
    const outcome = this.#ask(call);
    this.#handled = undefined;
    this.#enterEffects(saga);
    if (this.#hasDied() || outcome === undefined) {
      this.#crash(this.#commitFate.downUs);
      return undefined;
    }
    this.#concludes(message, outcome);
    return outcome;
  }

  #concludes({ call, saga, operation }: Message, outcome: Outcome): void {
    this.#world.judge.outcome(call, outcome, saga);
    saga.refusedOperation = outcome.kind === 'applied' ? -1 : operation;
  }

  // --- DeskOwner ------------------------------------------------------------------------------------------

  effects(): void {
    this.#enterEffects(undefined);
  }

  answered(message: Message, outcome: Outcome, fate: AfterFate, response?: HttpResponse): void {
    const known = this.#known(message.call, outcome);
    this.#concludes(message, known);
    this.#answer(message, known, fate, response);
  }

  waits(message: Message, times: number): void {
    if (!this.#commits) return;
    if (this.#fallsAt(message, times)) this.#crash(this.#commitFate.downUs);
  }

  /** Whether the process dies at this commit. */
  #fallsAt({ saga, operation, transmission }: Message, commits: number): boolean {
    const { injector } = this.#world;
    injector.meet('commit');
    const fate = this.#commitFate;
    fate.crash = false;
    const z = commitOf(transmission, commits);
    deliver(this.#world, injector.at('commit', PLACE.commit, saga.index, operation, z, fate), saga);
    return fate.crash;
  }

  #enterEffects(saga: SimSaga | undefined): void {
    const { judge, sagas, sim, tally } = this.#world;
    for (const entry of this.#participant.ledger.drain()) {
      tally.locks.note(entry, sim.nowUs);
      const whose = entry.saga === saga?.id ? saga : sagas.get(entry.saga);
      if (whose === undefined) continue;
      judge.effect(entry, whose, this.service);
      const step = stepIndexOf(whose.definition, entry.step);
      if (step >= 0)
        sim.note(TRACE.effect, whose.index, operationAt(step, entry.direction), sumOf(entry, whose, step));
    }
  }

  #hasDied(): boolean {
    return this.#died !== undefined;
  }

  /** The participant made a commit and is about to make another. A process that died makes none. */
  #commit(): void {
    const message = this.#handled;
    if (message === undefined || !this.#commits) return;
    if (this.#died !== undefined) throw this.#died;
    if (!this.#fallsAt(message, ++this.#commitsMade)) return;
    this.#died = new Died('the process died between two commits');
    throw this.#died;
  }

  /** Faster than anybody can see it down; those who wait in line are lost with it. */
  #mayRestart({ saga, operation, transmission }: Message): void {
    const fate = this.#restartFate;
    fate.restart = false;
    const { injector, sim } = this.#world;
    const faults = injector.at('restart', PLACE.restart, saga.index, operation, transmission, fate);
    if (!fate.restart) return;
    sim.note(TRACE['participant-restart'], this.number, 0, 0);
    deliver(this.#world, faults, saga);
    this.#loseMemory(sim.nowUs);
  }

  #loseMemory(upAtUs: number): void {
    this.#queue?.clear();
    if (this.#desk !== undefined) this.#desk.die(upAtUs);
    else this.#participant.restart?.();
  }

  /** The participant's own code: what it throws, and what is no outcome, is its author's mistake. */
  #ask(call: Call): Outcome | undefined {
    let outcome: Outcome;
    try {
      outcome = this.#participant.handle(call, this.#env.begin());
    } catch (error) {
      if (this.#hasDied()) return undefined; // whatever became of it on its way through the participant
      if (error instanceof UserError || error instanceof AmbientAccessError) throw error;
      throw this.#mistake(call, `threw ${firstLine(error)}${thrownAt(error)}`);
    }
    return this.#hasDied() ? outcome : this.#known(call, outcome);
  }

  #known(call: Call, outcome: Outcome): Outcome {
    const heard = overTheWire(outcome);
    if (typeof heard !== 'string') return heard;
    const hint =
      'It answers with { kind: "applied" }, or with "rejected" or "unknown", a failure class and a reason.';
    throw this.#mistake(call, `answered ${heard}`, hint);
  }

  #mistake({ action, saga }: Call, what: string, hint?: string): UserError {
    const message = `participant "${this.service}", asked for "${action}", ${what}`;
    return new SagaMistake(saga, 'bad-participant', message, hint);
  }

  #crash(downUs: number): void {
    const { sim } = this.#world;
    this.#downUntilUs = Math.max(this.#downUntilUs, sim.nowUs + downUs);
    sim.note(TRACE['participant-down'], this.number, downUs, 0);
    this.#loseMemory(this.#downUntilUs);
  }
}

/** Whether both say the same to an engine: the words aside. */
function isSameAnswer(one: Outcome, other: Outcome): boolean {
  if (one.kind === 'applied' || other.kind === 'applied') return one.kind === other.kind;
  return one.kind === other.kind && one.failure === other.failure && one.retryAfterUs === other.retryAfterUs;
}

/** What an effect was, for the fingerprint: the sum of the step's postings after it, or the stock level. */
function sumOf({ stock }: LedgerEntry, saga: SimSaga, step: number): number {
  return stock === undefined ? saga.posted(step) : join32(stock.onHand, stock.reserved);
}
