// What a policy allows, found out by asking it: a policy only answers questions about one failed attempt, and its
// waits carry jitter. Answers are kept, for there are few questions.

import { assert } from '../../engine/core/assert.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { type Direction, FAILURE_CLASSES, type FailureClass } from '../../engine/core/protocol.ts';

/** So many keys are tried to see how far jitter goes. */
const SAMPLES = 64;
/** No policy that anybody means allows more; the search for the limit ends here. */
const ATTEMPTS_LIMIT = 1_000;

/** A policy always answers the same: what was found out serves all runs of a thread. */
const known = new WeakMap<Policy, PolicyBounds>();

export class PolicyBounds {
  readonly #policy: Policy;
  readonly #leastDelays = new Map<number, number>();
  readonly #attempts = new Map<string, number>();
  readonly #within = new Map<string, number>();

  private constructor(policy: Policy) {
    this.#policy = policy;
  }

  static of(policy: Policy): PolicyBounds {
    const bounds = known.get(policy) ?? new PolicyBounds(policy);
    known.set(policy, bounds);
    return bounds;
  }

  /**
   * The policy never waits less than this after failed attempt number `attempt`, whatever the jitter. Below the
   * least of many waits by as much as these waits differ, so that a jitter not yet seen is no violation.
   */
  leastDelayUs(direction: Direction, failure: FailureClass, attempt: number): number {
    const place = FAILURE_CLASSES.indexOf(failure);
    assert(place >= 0, 'a class of failures', failure);
    const question = (2 * attempt + (direction === 'forward' ? 0 : 1)) * FAILURE_CLASSES.length + place;
    const known = this.#leastDelays.get(question);
    if (known !== undefined) return known;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const delayUs = this.#ask(direction, failure, attempt, undefined, true, Math.imul(sample, 0x9e3779b1));
      least = Math.min(least, delayUs);
      most = Math.max(most, delayUs);
    }
    const bound = Math.max(0, least - (most - least));
    this.#leastDelays.set(question, bound);
    return bound;
  }

  /** Whether one more attempt may follow failed attempt number `attempt` of a step that may give up. */
  allowsMore(
    direction: Direction,
    failure: FailureClass,
    attempt: number,
    attemptsMax: number | undefined,
  ): boolean {
    return this.#ask(direction, failure, attempt, attemptsMax, false, 0) >= 0;
  }

  /** The most attempts of a step that may give up, whatever the failures. */
  attemptsMax(direction: Direction, stepMax: number | undefined): number {
    const question = `${direction} ${stepMax ?? ''}`;
    const known = this.#attempts.get(question);
    if (known !== undefined) return known;
    const most = Math.max(...FAILURE_CLASSES.map((failure) => this.#attemptsOf(direction, failure, stepMax)));
    this.#attempts.set(question, most);
    return most;
  }

  /** How many attempts of a step that may give up can begin within so many microseconds, the quickest waits each time. */
  attemptsWithin(direction: Direction, stepMax: number | undefined, us: number): number {
    const question = `${direction} ${stepMax ?? ''} ${us}`;
    const known = this.#within.get(question);
    if (known !== undefined) return known;
    const most = this.attemptsMax(direction, stepMax);
    let attempts = 1;
    for (let waitedUs = 0; attempts < most; attempts++) {
      waitedUs += this.#leastWaitUs(direction, attempts, stepMax);
      if (waitedUs >= us) break;
    }
    this.#within.set(question, attempts);
    return attempts;
  }

  /** The least wait after failed attempt number `attempt`, whatever the failure; one more must be allowed. */
  #leastWaitUs(direction: Direction, attempt: number, stepMax: number | undefined): number {
    const waits = FAILURE_CLASSES.map((failure) =>
      this.allowsMore(direction, failure, attempt, stepMax)
        ? this.leastDelayUs(direction, failure, attempt)
        : Number.POSITIVE_INFINITY,
    );
    return Math.min(...waits);
  }

  #attemptsOf(direction: Direction, failure: FailureClass, stepMax: number | undefined): number {
    let attempt = 1;
    while (attempt < ATTEMPTS_LIMIT && this.allowsMore(direction, failure, attempt, stepMax)) attempt++;
    return attempt;
  }

  #ask(
    direction: Direction,
    failure: FailureClass,
    attempt: number,
    attemptsMax: number | undefined,
    endless: boolean,
    jitterKey: number,
  ): number {
    const failed = {
      service: '',
      direction,
      failure,
      attempt,
      endless,
      attemptsMax,
      retryAfterUs: 0,
      jitterKey,
    };
    return this.#policy.retryDelayUs(failed);
  }
}
