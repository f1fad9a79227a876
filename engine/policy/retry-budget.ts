// Retry budget: a bucket of tokens per service and process, so that retries stay a fraction of the work even when
// everything fails. Without one, each layer multiplies the load of an outage (gRPC A6 "client retries";
// AWS SDK "standard" retry mode; both are presets here).
//
// Undos have their own, finite retries and spend nothing, nor does who was told to come back later (rate_limited); steps
// that must go on for ever wait longer instead.

import type { FailureClass } from '../core/protocol.ts';

/** Tokens are counted in thousandths. All are whole numbers. */
export interface RetryBudgetSpec {
  /** The bucket is full at the begin, 1 to 1,000,000 tokens. */
  readonly tokensMax: number;
  /**
   * `retries`: a retry takes its cost, and is refused when the bucket does not hold it. `failures`: a failure takes its
   * cost, whatever follows, and retries are refused while the bucket is not more than half full.
   */
  readonly charge: 'retries' | 'failures';
  /** What a retry or failure costs, 1 to 1,000 tokens. */
  readonly cost: number;
  /** What it costs when the call timed out, 1 to 1,000 tokens. */
  readonly timeoutCost: number;
  /** What a call that was answered well puts back, in thousandths of a token, 0 to 1,000,000. */
  readonly gainPermille: number;
}

/** As the AWS SDKs do it: 500 tokens, 5 for a retry, 10 after a timeout, 1 back for a success. */
const AWS: RetryBudgetSpec = {
  tokensMax: 500,
  charge: 'retries',
  cost: 5,
  timeoutCost: 10,
  gainPermille: 1_000,
};

/** As gRPC does it: `maxTokens` 10, `tokenRatio` 0.1. */
const GRPC: RetryBudgetSpec = {
  tokensMax: 10,
  charge: 'failures',
  cost: 1,
  timeoutCost: 1,
  gainPermille: 100,
};

/** One retry for ten calls that go well, and a hundred at the begin. */
const TENTH: RetryBudgetSpec = {
  tokensMax: 100,
  charge: 'retries',
  cost: 1,
  timeoutCost: 1,
  gainPermille: 100,
};

/**
 * Ready settings for `retryBudget` of a policy: as the AWS SDKs have it, as gRPC has it, and one retry for ten calls
 * that go well.
 */
export const retryBudgets = { aws: AWS, grpc: GRPC, tenth: TENTH } as const;

/** The bucket of one service. */
export class RetryBudget {
  readonly #spec: RetryBudgetSpec;
  #milliTokens: number;

  constructor(spec: RetryBudgetSpec) {
    this.#spec = spec;
    this.#milliTokens = spec.tokensMax * 1000;
  }

  /** Tokens left, rounded down. */
  get tokens(): number {
    return Math.floor(this.#milliTokens / 1000);
  }

  /** A call was answered well. */
  succeeded(): void {
    this.#milliTokens = Math.min(this.#spec.tokensMax * 1000, this.#milliTokens + this.#spec.gainPermille);
  }

  /** A call failed, whether or not it is tried again. */
  failed(failure: FailureClass): void {
    if (this.#spec.charge === 'failures')
      this.#milliTokens = Math.max(0, this.#milliTokens - this.#cost(failure));
  }

  /** Whether there is a retry left; takes what it costs. */
  takeRetry(failure: FailureClass): boolean {
    if (this.#spec.charge === 'failures') return this.#milliTokens * 2 > this.#spec.tokensMax * 1000;
    const cost = this.#cost(failure);
    if (this.#milliTokens < cost) return false;
    this.#milliTokens -= cost;
    return true;
  }

  #cost(failure: FailureClass): number {
    return 1000 * (failure === 'timeout' ? this.#spec.timeoutCost : this.#spec.cost);
  }
}
