// When things happened to a saga, by its log: services keep no time that engines know.

import type { StoredEvent } from '../core/saga-event.ts';
import { directionOf } from './attempts.ts';
import type { OperationId } from './books.ts';

/** What happened within this time of a moment happened around it, in microseconds. */
const AROUND_US = 60_000_000;

/** When the outcome of an operation stood in a log; of its last round. */
export function settledAt(
  log: readonly StoredEvent[] | undefined,
  { step, direction }: Omit<OperationId, 'saga' | 'round'>,
): number | undefined {
  return log?.findLast(
    ({ event }) =>
      'step' in event &&
      event.step === step &&
      directionOf(event) === direction &&
      !event.kind.endsWith('-requested'),
  )?.atUs;
}

/** When attempts of a saga failed. */
export function failuresIn(log: readonly StoredEvent[]): readonly number[] {
  return log.flatMap(({ event, atUs }) => ('failure' in event ? [atUs] : []));
}

/** Whether a time is within a minute of one of these. */
export function isNear(atUs: number | undefined, moments: readonly number[]): boolean {
  return atUs !== undefined && moments.some((moment) => Math.abs(moment - atUs) <= AROUND_US);
}
