// Adaptive retry: waits grow with the trouble that a service is in, as seen by this process. A service that mostly
// fails, or has just failed often, is given more time than the retry table says, up to the row's longest wait.

import { OutcomeWindow } from './outcome-window.ts';

/** Whole numbers; factors in thousandths, 1,000 to 10,000. Both factors apply together. */
export interface AdaptiveRetrySpec {
  /** How many of the last outcomes the success rate is of, 1 to 10,000. */
  readonly windowCalls: number;
  /** Fewer successes than this of 1,000 stretch the wait, 0 to 1,000 … */
  readonly successPermille: number;
  /** … by this factor. */
  readonly lowSuccessFactorPermille: number;
  /** More failures than this among the last twenty outcomes stretch the wait, 0 to 20 … */
  readonly recentFailures: number;
  /** … by this factor. */
  readonly recentFailuresFactorPermille: number;
}

const RECENT_CALLS = 20;

/** Below half: half as long again. More than five recent failures: twice as long. */
const STANDARD: AdaptiveRetrySpec = {
  windowCalls: 100,
  successPermille: 500,
  lowSuccessFactorPermille: 1_500,
  recentFailures: 5,
  recentFailuresFactorPermille: 2_000,
};

/** Ready settings for `adaptiveRetry` of a policy. */
export const adaptiveRetries = { standard: STANDARD } as const;

/** What is known of one service. */
export class AdaptiveRetry {
  readonly #spec: AdaptiveRetrySpec;
  readonly #window: OutcomeWindow;
  readonly #recent = new OutcomeWindow(RECENT_CALLS);

  constructor(spec: AdaptiveRetrySpec) {
    this.#spec = spec;
    this.#window = new OutcomeWindow(spec.windowCalls);
  }

  settled(failed: boolean): void {
    this.#window.add(failed);
    this.#recent.add(failed);
  }

  /** The wait that the table gave, stretched; never longer than `maxUs`, unless it was before. */
  stretched(waitUs: number, maxUs: number): number {
    const { successPermille, lowSuccessFactorPermille, recentFailures, recentFailuresFactorPermille } =
      this.#spec;
    let stretchedUs = waitUs;
    if (this.#window.count > 0 && 1000 - this.#window.failurePermille < successPermille) {
      stretchedUs = Math.floor((stretchedUs * lowSuccessFactorPermille) / 1000);
    }
    if (this.#recent.failures > recentFailures) {
      stretchedUs = Math.floor((stretchedUs * recentFailuresFactorPermille) / 1000);
    }
    return Math.max(waitUs, Math.min(stretchedUs, maxUs));
  }
}
