// A saga as the tables of SQLite and PostgreSQL have it for lists, and as lists show it.

import type { SagaStatus } from '../core/saga-event.ts';
import type { SagaRow } from './saga-catalogue.ts';

/** `no`: its place among all; PostgreSQL gives it as text. */
export interface FoundSaga<No extends number | string> {
  readonly no: No;
  readonly id: string;
  readonly definition: string;
  readonly definition_version: number;
  readonly status: SagaStatus;
  readonly created_at_us: number;
  readonly updated_at_us: number;
  readonly ended_at_us: number | null;
}

export function rowOf(found: FoundSaga<number | string>): SagaRow {
  return {
    saga: found.id,
    definition: found.definition,
    definitionVersion: found.definition_version,
    status: found.status,
    createdAtUs: found.created_at_us,
    updatedAtUs: found.updated_at_us,
    endedAtUs: found.ended_at_us ?? undefined,
  };
}
