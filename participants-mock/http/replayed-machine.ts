// A participant, its desk for plain requests, and its draws as one machine: a request and a time go in, an answer and
// ledger entries come out. It knows no clock and no file; whoever gives it the same requests again gets the same again.

import { hash32, join32, mix32 } from '../../engine/core/mix.ts';
import type { Call, LedgerEntry, Outcome, Participant } from '../../engine/core/protocol.ts';
import { type PlainAnswer, PlainDesk, type PlainDeskParts, type PlainRequest } from './plain-desk.ts';

/** The process began anew: see `Participant.restart`. A request like others, since it may change what comes after. */
export interface RestartRequest {
  readonly kind: 'restart';
}

/** All that a machine may be asked, as its file keeps it. */
export type MachineRequest = Call | PlainRequest | RestartRequest;
/** What it answered, in the order of the requests. */
export type MachineAnswer = Outcome | PlainAnswer | { readonly kind: 'restarted' };

export interface Handled {
  readonly answer: MachineAnswer;
  /** What the participant wrote into its books meanwhile, oldest first. */
  readonly entries: readonly LedgerEntry[];
}

export interface MachineParts extends PlainDeskParts {
  /** 32 bits, the same for all lives of one participant. */
  readonly seed: number;
}

/**
 * @example
 * const machine = new ReplayedMachine({ service: 'bank', participant: bank(options), dialect: { compensates: {} }, seed: 7 });
 * machine.handle(call, nowUs).answer; // { kind: 'applied' }
 */
export class ReplayedMachine {
  readonly participant: Participant;
  readonly #desk: PlainDesk;
  readonly #seed: number;

  constructor(parts: MachineParts) {
    this.participant = parts.participant;
    this.#desk = new PlainDesk(parts);
    this.#seed = parts.seed;
  }

  /** @throws what the participant throws; then it may be in any state, and must be made again. */
  handle(request: MachineRequest, nowUs: number): Handled {
    const answer = this.#answer(request, nowUs);
    return { answer, entries: this.participant.ledger.drain() };
  }

  #answer(request: MachineRequest, nowUs: number): MachineAnswer {
    const env = {
      nowUs,
      chance: (purpose: string, subject: string, permille: number) =>
        isDrawn(this.#seed, purpose, subject, permille),
      // All of a call becomes durable at once, in the transaction of its batch: there is nothing in between.
      commit: () => undefined,
    };
    switch (request.kind) {
      case 'call':
        return this.participant.handle(request, env);
      case 'plain':
        return this.#desk.handle(request, env);
      default:
        this.participant.restart?.();
        return { kind: 'restarted' };
    }
  }
}

/**
 * A keyed draw: true in `permille` of 1,000 cases, and always the same for the same seed, purpose and subject.
 *
 * @example
 * isDrawn(7, 'credit-fails', 's-1/credit/forward', 300);
 */
export function isDrawn(seed: number, purpose: string, subject: string, permille: number): boolean {
  return draw(seed, purpose, subject) % 1_000 < permille;
}

/** 32 bits for a seed, a purpose and a subject. */
export function draw(seed: number, purpose: string, subject: string): number {
  return mix32(join32(join32(seed, hash32(purpose)), hash32(subject)));
}
