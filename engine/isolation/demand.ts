// Reads what a call demands. A payload is whatever a caller sent, so reading it never throws.

import { ISOLATION, type IsolationDemand, isRecord, WHEN_LOCKED } from '../core/countermeasure.ts';
import type { Call } from '../core/protocol.ts';

const NONE: IsolationDemand = Object.freeze({});

/**
 * What a call demands of its participant besides its action; undefined when that is not to be understood, which must be
 * refused: a lock that is not taken protects nobody.
 *
 * @example
 * const place = demandOf(call)?.place; // for a service that keeps version files
 */
export function demandOf({ payload }: Call): IsolationDemand | undefined {
  const demand = isRecord(payload) ? payload[ISOLATION] : undefined;
  if (demand === undefined) return NONE;
  if (!isRecord(demand)) return undefined;
  return Object.entries(demand).every(
    ([member, value]) => Object.hasOwn(CHECKS, member) && CHECKS[member]!(value),
  )
    ? demand
    : undefined;
}

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  lock: (value) => WHEN_LOCKED.some((known) => known === value),
  releases: (value) => Array.isArray(value) && value.every((step) => typeof step === 'string'),
  versions: (value) => value === true,
  expects: (value) =>
    isRecord(value) && Object.values(value).every((version) => Number.isSafeInteger(version)),
  place: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  commutes: (value) => value === true,
};
