// How long a run may last: chaos, then as long as every saga has to end after the world has healed (S8).

import type { SagaDefinition } from '../engine/core/define-saga.ts';
import { CHAOS_US } from './faults/profile.ts';
import { type Incident, incidentsEndUs } from './service-load.ts';

/** After healing, or after its start if that is later, a saga has its deadline and this long. Virtual time is cheap. */
const LIVENESS_US = 4 * 3_600_000_000;

type Deadlines = readonly Pick<SagaDefinition, 'deadlineUs'>[];

/** How long after the world has healed, or the last saga began, a run of these sagas may take, in virtual microseconds. */
export function patienceUs(sagas: Deadlines): number {
  return Math.max(...sagas.map((saga) => saga.deadlineUs ?? 0)) + LIVENESS_US;
}

/** When a run is over at the latest, in virtual microseconds: that of a saga that begins as late as one may. */
export function lastsUs(sagas: Deadlines, incidents: readonly Incident[]): number {
  return Math.max(CHAOS_US, incidentsEndUs(incidents)) + 2 * patienceUs(sagas);
}
