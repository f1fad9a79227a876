// What services answer, and how they read what they are asked: a payload is whatever a caller sent, so reading
// it never throws, and what is missing is refused as `invalid_request`.

import type { Applied, Call, FailureClass, ParticipantEnv, Rejected } from '../engine/core/protocol.ts';
import { UserError } from '../engine/core/user-error.ts';

/** Done, and there is nothing to tell. */
export const APPLIED: Applied = Object.freeze({ kind: 'applied' });

/** Certainly no effect. */
export function refuse(failure: FailureClass, reason: string): Rejected {
  return { kind: 'rejected', failure, reason };
}

/** Refused for good: the caller must ask something else. */
export function invalid(reason: string): Rejected {
  return refuse('invalid_request', reason);
}

/** The service has no such action in this direction. */
export function unknownAction({ action, direction }: Call): Rejected {
  return invalid(`no ${direction} action "${action}"`);
}

/** The members of a payload; none when it is not a record. */
export function membersOf(payload: unknown): Readonly<Record<string, unknown>> {
  return typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
}

/** A value of a payload as a reason shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) return '(missing)';
  return value === null ? 'null' : `(${typeof value})`;
}

/** Whether a value counts something: minor units or things, a whole number from 1 to 2^53 − 1. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** How often a service refuses, in cases of 1,000, whatever it is asked. */
export interface Failing {
  /** 0 to 1,000. */
  readonly permille: number;
}

/** A draw that no retry changes: it goes by the key. */
export function fails({ permille }: Failing, purpose: string, call: Call, env: ParticipantEnv): boolean {
  return permille > 0 && env.chance(purpose, call.key, permille);
}

/**
 * Checks an option of a factory.
 *
 * @throws UserError `bad-option` unless `value` is a whole number from `min` to `max`.
 */
export function checkOption(name: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new UserError(
    'bad-option',
    `option ${name} is ${value}`,
    `Use a whole number from ${min} to ${max}.`,
  );
}
