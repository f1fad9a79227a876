// The statuses of a saga as a list, for whoever checks a word or counts by them.

import type { SagaStatus } from './saga-event.ts';

/** Every {@link SagaStatus}, in the order of the life of a saga. */
export const SAGA_STATUSES = [
  'created',
  'running',
  'compensating',
  'completed',
  'compensated',
  'failed',
  'compensation_failed',
  'resolved',
] as const satisfies readonly SagaStatus[];
