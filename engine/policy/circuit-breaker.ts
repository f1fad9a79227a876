// Circuit breaker, one per service and process: a service that mostly fails is left alone for a while, then a few
// calls are let through to see whether it is well again (M. Nygard, "Release It!", 2007).
//
// Only forward calls are refused. An undo always passes: a breaker that held undos back would leave effects standing
// until the policy gives up on them, and then for a person.

import type { CircuitChange, CircuitState } from '../core/policy.ts';
import type { Outcome, Rejected } from '../core/protocol.ts';
import { OutcomeWindow } from './outcome-window.ts';

/** When the circuit of a service opens and closes. All are whole numbers. */
export interface CircuitBreakerSpec {
  /** How many of the last outcomes count, 1 to 10,000. */
  readonly windowCalls: number;
  /** With fewer outcomes than these it stays closed, 1 to `windowCalls`. */
  readonly callsMin: number;
  /** It opens when so many of 1,000 outcomes failed, 1 to 1,000. */
  readonly failurePermille: number;
  /** How long it stays open before probes may pass, 1 ms to one day. */
  readonly recoveryMs: number;
  /** So many probes may be under way at a time, 1 to 1,000. */
  readonly probes: number;
  /** It closes after so many probes in a row were answered well, 1 to 1,000; one failure opens it again. */
  readonly successesToClose: number;
}

/** Five failures in a row, one minute, three probes of which one decides: a usual first choice. */
const FIVE_IN_A_ROW: CircuitBreakerSpec = {
  windowCalls: 5,
  callsMin: 5,
  failurePermille: 1_000,
  recoveryMs: 60_000,
  probes: 3,
  successesToClose: 1,
};

/** Half of the last fifty calls failed; looks again after five seconds. */
const HALF_OF_FIFTY: CircuitBreakerSpec = {
  windowCalls: 50,
  callsMin: 20,
  failurePermille: 500,
  recoveryMs: 5_000,
  probes: 3,
  successesToClose: 3,
};

/**
 * Ready settings for `circuitBreaker` of a policy: `fiveInARow` is the textbook one, `halfOfFifty` bears a few
 * failures and looks again soon.
 */
export const circuitBreakers = { fiveInARow: FIVE_IN_A_ROW, halfOfFifty: HALF_OF_FIFTY } as const;

/** Whether an outcome says that the service is not well. What it refuses for good reasons it answers well. */
export function isServiceFailure(outcome: Outcome): boolean {
  if (outcome.kind === 'applied') return false;
  const { failure } = outcome;
  return failure !== 'business' && failure !== 'invalid_request' && failure !== 'rate_limited';
}

/** The circuit of one service. */
export class Circuit {
  readonly #service: string;
  readonly #spec: CircuitBreakerSpec;
  readonly #report: (change: CircuitChange) => void;
  readonly #window: OutcomeWindow;
  #state: CircuitState = 'closed';
  #openUntilUs = 0;
  #generation = 0;
  #probing = 0;
  #successes = 0;

  constructor(service: string, spec: CircuitBreakerSpec, report: (change: CircuitChange) => void) {
    this.#service = service;
    this.#spec = spec;
    this.#report = report;
    this.#window = new OutcomeWindow(spec.windowCalls);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Counts its changes. */
  get generation(): number {
    return this.#generation;
  }

  /** Undefined when a forward call may pass. */
  refusal(nowUs: number): Rejected | undefined {
    if (this.#state === 'open' && nowUs >= this.#openUntilUs) {
      this.#change('half-open');
      this.#probing = 0;
      this.#successes = 0;
    }
    if (this.#state === 'closed') return undefined;
    if (this.#state === 'half-open' && this.#probing < this.#spec.probes) return undefined;
    const retryAfterUs = Math.max(0, this.#openUntilUs - nowUs);
    const reason = `the circuit of "${this.#service}" is ${this.#state}`;
    return { kind: 'rejected', failure: 'circuit_open', reason, retryAfterUs };
  }

  /** A forward call that was not refused leaves. */
  left(): void {
    if (this.#state === 'half-open') this.#probing++;
  }

  /** What became of a forward call; undefined when nobody learnt it. */
  settled(generation: number, outcome: Outcome | undefined, nowUs: number): void {
    if (this.#state === 'open' || generation !== this.#generation) return; // it says how the service was before
    if (this.#state === 'half-open') this.#probing--;
    if (outcome === undefined) return;
    const failed = isServiceFailure(outcome);
    if (this.#state === 'closed') {
      this.#window.add(failed);
      const { callsMin, failurePermille } = this.#spec;
      if (this.#window.count >= callsMin && this.#window.failurePermille >= failurePermille)
        this.#open(nowUs);
    } else if (failed) this.#open(nowUs);
    else if (++this.#successes >= this.#spec.successesToClose) {
      this.#window.clear();
      this.#change('closed');
    }
  }

  #open(nowUs: number): void {
    this.#openUntilUs = nowUs + this.#spec.recoveryMs * 1000;
    this.#change('open');
  }

  #change(to: CircuitState): void {
    const from = this.#state;
    this.#state = to;
    this.#generation++;
    this.#report({ service: this.#service, from, to });
  }
}
