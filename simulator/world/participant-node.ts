// A service on its node: the participant's own code, plus what can happen to the machine it runs on.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import { hash32, join32 } from '../../engine/core/mix.ts';
import {
  type Call,
  FAILURE_CLASSES,
  type LedgerEntry,
  type Outcome,
  type Participant,
  type ParticipantEnv,
} from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { HandlerFate } from '../faults/fault.ts';
import { PLACE } from '../faults/point.ts';
import { threshold } from '../kernel/random.ts';
import type { Message, Receiver, Replies } from './message.ts';
import { AmbientAccessError } from './sandbox.ts';
import { operationAt, type SimSaga } from './sim-saga.ts';
import { deliver, TRACE, type World } from './world.ts';

const REFUSED: Outcome = { kind: 'rejected', failure: 'transient', reason: 'connection refused' };
const FAILED_AFTER: Outcome = { kind: 'unknown', failure: 'transient', reason: 'internal server error' };

export class ParticipantNode implements Receiver {
  readonly service: string;
  lastSequence = 0;
  readonly #world: World;
  readonly #participant: Participant;
  readonly #env: ParticipantEnv;
  readonly #number: number;
  readonly #faulty: boolean;
  #replies: Replies | undefined;
  #downUntilUs = 0;
  readonly #fate: HandlerFate = {
    failBefore: undefined,
    certain: false,
    failAfter: false,
    crash: 'none',
    downUs: 0,
  };

  constructor(world: World, service: string, participant: Participant, number: number) {
    this.#world = world;
    this.service = service;
    this.#participant = participant;
    this.#number = number;
    this.#faulty = world.injector.canStrike('handler');
    this.#env = envOf(world);
  }

  connect(replies: Replies): void {
    this.#replies = replies;
  }

  /** A request arrived. */
  receive(message: Message): void {
    const { sim } = this.#world;
    const { saga, operation, transmission } = message;
    if (sim.nowUs < this.#downUntilUs) {
      sim.note(TRACE.refused, saga.index, operation, transmission);
      return this.#replies!.reply(message, REFUSED);
    }
    sim.note(TRACE.deliver, saga.index, operation, transmission);
    this.#world.judge.call(message.call, operation >> 1, saga);
    if (!this.#faulty) return this.#replies!.reply(message, this.#handle(message));
    this.#underFaults(message);
  }

  #underFaults(message: Message): void {
    const { injector } = this.#world;
    const { saga, operation, transmission } = message;
    const fate = this.#fate;
    fate.failBefore = undefined;
    fate.failAfter = false;
    fate.crash = 'none' as HandlerFate['crash'];
    deliver(
      this.#world,
      injector.at('handler', PLACE.handler, saga.index, operation, transmission, fate),
      saga,
    );
    if (fate.crash === 'before') return this.#crash(fate.downUs);
    if (fate.failBefore !== undefined) {
      const kind = fate.certain ? 'rejected' : 'unknown';
      return this.#replies!.reply(message, { kind, failure: fate.failBefore, reason: 'injected failure' });
    }
    const outcome = this.#handle(message);
    if (fate.crash === 'after') return this.#crash(fate.downUs);
    this.#replies!.reply(message, fate.failAfter ? FAILED_AFTER : outcome);
  }

  #handle({ call, saga }: Message): Outcome {
    const outcome = this.#ask(call);
    const { judge, sagas, sim } = this.#world;
    for (const entry of this.#participant.ledger.drain()) {
      const whose = entry.saga === saga.id ? saga : sagas.get(entry.saga);
      if (whose === undefined) continue;
      judge.effect(entry, whose, this.service);
      const step = stepIndexOf(whose.definition, entry.step);
      if (step >= 0)
        sim.note(TRACE.effect, whose.index, operationAt(step, entry.direction), sumOf(entry, whose, step));
    }
    judge.outcome(call, outcome, saga);
    saga.refused = outcome.kind !== 'applied';
    return outcome;
  }

  /** The participant's own code: what it throws, and what is no outcome, is its author's mistake. */
  #ask(call: Call): Outcome {
    let outcome: Outcome;
    try {
      outcome = this.#participant.handle(call, this.#env);
    } catch (error) {
      if (error instanceof UserError || error instanceof AmbientAccessError) throw error;
      throw this.#mistake(call, `threw ${String(error)}`, error);
    }
    if (outcome?.kind === 'applied') return outcome;
    const known = outcome?.kind === 'rejected' || outcome?.kind === 'unknown';
    if (known && FAILURE_CLASSES.includes(outcome.failure)) return outcome;
    throw this.#mistake(call, `answered ${JSON.stringify(outcome) ?? 'nothing'}`);
  }

  #mistake({ action }: Call, what: string, cause?: unknown): UserError {
    const where = cause instanceof Error ? /\bat .*/.exec(cause.stack ?? '')?.[0] : undefined;
    return new UserError(
      'bad-participant',
      `participant "${this.service}", asked for "${action}", ${what}${where === undefined ? '' : ` (${where})`}`,
      'It answers with { kind: "applied" }, or with "rejected" or "unknown", a failure class and a reason.',
    );
  }

  #crash(downUs: number): void {
    const { sim } = this.#world;
    this.#downUntilUs = Math.max(this.#downUntilUs, sim.nowUs + downUs);
    sim.note(TRACE['participant-down'], this.#number, downUs, 0);
  }
}

/** A participant's view of the world: its clock, and chance that is keyed by what is decided. */
function envOf({ sim, seed }: World): ParticipantEnv {
  const purposes = new Map<string, number>();
  return {
    get nowUs() {
      return sim.nowUs;
    },
    chance(purpose, subject, permille) {
      let key = purposes.get(purpose);
      if (key === undefined) {
        key = hash32(`chance:${purpose}`);
        purposes.set(purpose, key);
      }
      return seed.draw(key, hash32(subject), subject.length, 0) < threshold(permille * 1000);
    },
  };
}

/** What an effect was, for the fingerprint: the sum of the step's postings after it, or the stock level. */
function sumOf({ stock }: LedgerEntry, saga: SimSaga, step: number): number {
  return stock === undefined ? saga.posted(step) : join32(stock.onHand, stock.reserved);
}
