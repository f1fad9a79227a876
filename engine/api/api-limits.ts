// How much a server takes from whoever asks it. Everything that grows with requests has a bound here.

import { checkMembers } from '../core/step-shape.ts';
import { UserError } from '../core/user-error.ts';

/** What a server bears. What is beyond is answered 413, 415, 429 or 503, and never waits in memory. */
export interface ApiLimits {
  /** Of a request, in bytes, 1,024 to 16 MiB. */
  readonly bodyBytesMax: number;
  /** Lists and records within one another, 8 to 200. */
  readonly jsonDepthMax: number;
  /** Of one token, or of one address without a token, 1 to 1,000,000. */
  readonly requestsPerSecond: number;
  /** Requests at once after a pause, 1 to 1,000,000. */
  readonly requestsBurst: number;
  /** Requests under way, from all, 1 to 100,000. */
  readonly concurrentMax: number;
  /** Open connections, 1 to 1,000,000. */
  readonly connectionsMax: number;
  /** How long one request may take, in milliseconds, 100 to 600,000. */
  readonly requestTimeoutMs: number;
  /** Who may watch the event stream at a time, 0 to 10,000. */
  readonly subscribersMax: number;
  /** A saga that is open for longer is shown as stuck, in seconds, 1 to 31,536,000. */
  readonly stuckAfterSeconds: number;
}

/** What holds where no limit is given. */
export const LIMITS_DEFAULT: ApiLimits = {
  bodyBytesMax: 262_144,
  jsonDepthMax: 80,
  requestsPerSecond: 1_000,
  requestsBurst: 2_000,
  concurrentMax: 1_000,
  connectionsMax: 10_000,
  requestTimeoutMs: 30_000,
  subscribersMax: 100,
  stuckAfterSeconds: 300,
};

const BOUNDS: Readonly<Record<keyof ApiLimits, readonly [min: number, max: number]>> = {
  bodyBytesMax: [1_024, 16_777_216],
  jsonDepthMax: [8, 200],
  requestsPerSecond: [1, 1_000_000],
  requestsBurst: [1, 1_000_000],
  concurrentMax: [1, 100_000],
  connectionsMax: [1, 1_000_000],
  requestTimeoutMs: [100, 600_000],
  subscribersMax: [0, 10_000],
  stuckAfterSeconds: [1, 31_536_000],
};

/**
 * The limits with these changes.
 *
 * @throws UserError `bad-limit` that names the limit and its bounds
 * @example
 * limitsOf({ requestsPerSecond: 50 }).bodyBytesMax; // 262_144
 */
export function limitsOf(changes: Partial<ApiLimits> = {}): ApiLimits {
  checkMembers('limits', changes, Object.keys(BOUNDS), 'bad-limit');
  const limits = { ...LIMITS_DEFAULT, ...changes };
  for (const [name, [min, max]] of Object.entries(BOUNDS)) {
    const value = limits[name as keyof ApiLimits];
    if (Number.isSafeInteger(value) && value >= min && value <= max) continue;
    const what = `limits.${name} is ${JSON.stringify(value)}`;
    throw new UserError('bad-limit', what, `Give a whole number from ${min} to ${max}.`);
  }
  return limits;
}
