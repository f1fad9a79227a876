// What a run says of itself when it stops: which faults it counted, and why its answer is none (S10).

import { FAULTS } from '../faults/catalogue.ts';
import { countsByName } from '../faults/counts-by-name.ts';
import { duration } from '../faults/fault.ts';
import type { Simulation, Stop } from '../kernel/simulation.ts';

const EVENTS_PER_SAGA_MAX = 5_000;
const EVENTS_MIN = 100_000;

/** S10. */
export function eventsMaxOf(sagas: number): number {
  return Math.max(EVENTS_MIN, sagas * EVENTS_PER_SAGA_MAX);
}

const KINDS = FAULTS.map(({ kind }) => kind);
const IN_ORDER = [...KINDS.keys()];

/** Numbers by index in FAULTS as numbers by kind, where they are not zero. */
export function byKind(values: readonly number[]): Readonly<Record<string, number>> {
  return countsByName(KINDS, values, IN_ORDER);
}

/** Sagas of a run: that were to begin, that began, and that ended; and what people asked for in vain. */
interface Counts {
  readonly expected: number;
  readonly begun: number;
  readonly ended: number;
  readonly repairsGivenUp: number;
}

/** Why a run without a violation has not held either, if there is a reason. */
export function inconclusive(
  stop: Stop,
  { events }: Simulation,
  untilUs: number,
  { expected, begun, ended, repairsGivenUp }: Counts,
): string | undefined {
  if (stop === 'events-max') return `stopped after ${events} events`;
  const notBegun = expected - begun;
  const refused = begun - ended;
  const reasons = [
    stop === 'time-max' ? `stopped after ${duration(untilUs)} of virtual time` : '',
    notBegun > 0 ? `${notBegun} sagas had not begun` : '',
    refused > 0
      ? `${refused} sagas had not ended: their participants refuse them, or a person is asked for again and again`
      : '',
    repairsGivenUp > 0
      ? `${repairsGivenUp} repairs had found no engine when nobody asked for them any more`
      : '',
  ].filter((reason) => reason !== '');
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}
