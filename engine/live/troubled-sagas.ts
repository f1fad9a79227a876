// The sagas of a store that a diagnosis is about, with some that tell how their services fare.

import type { StoredEvent } from '../core/ports.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import { liveNowUs } from './clock.ts';
import { logsOf, rowsOf } from './health-facts.ts';
import type { SagaQueries } from './saga-catalogue.ts';

const HOUR_US = 3_600_000_000;
const TROUBLED: readonly SagaStatus[] = [
  'failed',
  'compensated',
  'compensation_failed',
  'resolved',
  'created',
  'running',
  'compensating',
];

/** How far a search for sagas in trouble goes. */
export interface TroubledBounds {
  /** Sagas created in the last hours, from 1. */
  readonly hours: number;
  /** Of each kind, newest first, from 1. */
  readonly sagasMax: number;
}

/** The logs of sagas in trouble, and of some that were not, to compare with. */
export interface TroubledSagas {
  /** Logs of sagas that did not complete, or not yet. */
  readonly logs: readonly (readonly StoredEvent[])[];
  /** Logs of sagas that completed. */
  readonly others: readonly (readonly StoredEvent[])[];
  readonly nowUs: number;
}

/** For `diagnoseAll`. @throws UserError `store-failed` */
export async function troubledSagas(
  catalogue: SagaQueries,
  { hours, sagasMax }: TroubledBounds,
): Promise<TroubledSagas> {
  const nowUs = liveNowUs();
  const createdFromUs = nowUs - hours * HOUR_US;
  const troubled = await rowsOf(catalogue, { statuses: TROUBLED, createdFromUs }, sagasMax);
  const completed = await rowsOf(catalogue, { statuses: ['completed'], createdFromUs }, sagasMax);
  return { logs: await logsOf(catalogue, troubled), others: await logsOf(catalogue, completed), nowUs };
}
