// What goes wrong with a participant on purpose: fates of single calls, and knobs that deal them out.
//
// A fate never changes what a participant decides, only whether and when it is asked, and what becomes of its answer.

import { suggestion } from '../../engine/core/nearest.ts';
import type { Call } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { draw, isDrawn } from './replayed-machine.ts';

/** Whether the process dies (SIGKILL): before the effect is durable, or after that and before it is answered. */
export type Crash = 'none' | 'before' | 'after';

/** What happens to one call; nothing, unless it says so. The first in this list that applies decides. */
export interface ChaosFate {
  /** Waited before all else, in milliseconds from 0. */
  readonly delayMs?: number;
  /** The connection is destroyed, without the effect. */
  readonly dropRequest?: boolean;
  /** 500, without the effect. */
  readonly failBefore?: boolean;
  readonly crash?: Crash;
  /** The connection is destroyed, after the effect. */
  readonly dropReply?: boolean;
  /** 500, after the effect. */
  readonly failAfter?: boolean;
}

/** Decides about each call that arrives, before it is handled. Asked once for each arrival. */
export type ChaosDecider = (call: Call) => ChaosFate;

/** How much goes wrong. Rates are in cases of 1,000, from 0 to 1,000; all are 0 when nothing is said. */
export interface ChaosKnobs {
  /** Every call waits so long, in milliseconds; 0 to 60,000. */
  readonly latencyMs: number;
  /** And up to so much longer, in milliseconds; 0 to 60,000. */
  readonly jitterMs: number;
  readonly dropRequestPermille: number;
  readonly failBeforePermille: number;
  readonly crashBeforePermille: number;
  readonly crashAfterPermille: number;
  readonly dropReplyPermille: number;
  readonly failAfterPermille: number;
}

const CALM: ChaosKnobs = {
  latencyMs: 0,
  jitterMs: 0,
  dropRequestPermille: 0,
  failBeforePermille: 0,
  crashBeforePermille: 0,
  crashAfterPermille: 0,
  dropReplyPermille: 0,
  failAfterPermille: 0,
};
const KNOBS = Object.keys(CALM) as readonly (keyof ChaosKnobs)[];
const PERMILLE_MAX = 1_000;
const WAIT_MS_MAX = 60_000;
const NO_FATE: ChaosFate = Object.freeze({});

/**
 * Knobs that can be turned while a participant runs. Draws are keyed by the call and its attempt: turning one knob never
 * changes what another does.
 *
 * @example
 * const panel = new ChaosPanel({ seed: 7, knobs: { failAfterPermille: 100 } });
 * panel.decide(call); // { failAfter: true }, for one call in ten
 * panel.turn({ latencyMs: 20 }); // from now on
 */
export class ChaosPanel {
  readonly #seed: number;
  #knobs: ChaosKnobs;

  /** @throws UserError `bad-chaos` */
  constructor({ seed, knobs = {} }: { readonly seed: number; readonly knobs?: Partial<ChaosKnobs> }) {
    this.#seed = seed;
    this.#knobs = knobsFrom(knobs);
  }

  get knobs(): ChaosKnobs {
    return this.#knobs;
  }

  /**
   * Sets all knobs: those that are not named go back to 0.
   *
   * @throws UserError `bad-chaos`; then nothing is changed.
   */
  turn(knobs: unknown): void {
    this.#knobs = knobsFrom(knobs);
  }

  readonly decide: ChaosDecider = (call) => {
    const knobs = this.#knobs;
    if (KNOBS.every((name) => knobs[name] === 0)) return NO_FATE;
    const subject = `${call.key}/attempt-${call.attempt}`;
    const falls = (name: keyof ChaosKnobs): boolean => isDrawn(this.#seed, name, subject, knobs[name]);
    const jitterMs = draw(this.#seed, 'jitterMs', subject) % (knobs.jitterMs + 1);
    return {
      delayMs: knobs.latencyMs + jitterMs,
      dropRequest: falls('dropRequestPermille'),
      failBefore: falls('failBeforePermille'),
      crash: falls('crashBeforePermille') ? 'before' : falls('crashAfterPermille') ? 'after' : 'none',
      dropReply: falls('dropReplyPermille'),
      failAfter: falls('failAfterPermille'),
    };
  };
}

/**
 * Reads knobs, which may be any value.
 *
 * @throws UserError `bad-chaos` when it is not a record, names a knob that does not exist, or one is out of its bounds.
 */
export function knobsFrom(given: unknown): ChaosKnobs {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new UserError('bad-chaos', 'chaos is not a record of knobs', `Knobs: ${KNOBS.join(', ')}.`);
  }
  for (const [name, value] of Object.entries(given)) check(name, value);
  return { ...CALM, ...given };
}

function check(name: string, value: unknown): void {
  if (!KNOBS.some((known) => known === name)) {
    throw new UserError('bad-chaos', `there is no knob ${JSON.stringify(name)}`, suggestion(name, KNOBS));
  }
  const max = name.endsWith('Permille') ? PERMILLE_MAX : WAIT_MS_MAX;
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max) return;
  throw new UserError(
    'bad-chaos',
    `${name} is ${JSON.stringify(value)}`,
    `Give a whole number from 0 to ${max}.`,
  );
}
