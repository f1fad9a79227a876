// How many sagas of a file are in which status, and how long those that ended took: kept by whoever writes, in the same
// transaction (A1), so that nobody ever counts a million rows.
//
// T1. `totals` is what counting `sagas` would give: what changes the status of a saga, makes one or deletes one, changes
//     its total before it commits.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SagaStatus } from '../core/saga-event.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import type { StatusCount } from './saga-catalogue.ts';
import { ZONE } from './sqlite-zones.ts';

/** What one transaction of the writer changes: one row for each status, however many sagas moved. */
export class TotalChanges {
  readonly #sagas = new Float64Array(SAGA_STATUSES.length);
  readonly #durationsUs = new Float64Array(SAGA_STATUSES.length);
  readonly #add: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(`INSERT INTO totals (status, sagas, duration_us) VALUES (?, ?, ?) ${ADDED}`);
  }

  /** @param status an index of {@link SAGA_STATUSES} */
  entered(status: number, durationUs = 0): void {
    this.#sagas[status]! += 1;
    this.#durationsUs[status]! += durationUs;
  }

  /** @param status an index of {@link SAGA_STATUSES} */
  left(status: number, durationUs = 0): void {
    this.#sagas[status]! -= 1;
    this.#durationsUs[status]! -= durationUs;
  }

  forget(): void {
    this.#sagas.fill(0);
    this.#durationsUs.fill(0);
  }

  write(): void {
    for (let i = 0; i < SAGA_STATUSES.length; i++) {
      if (this.#sagas[i] === 0 && this.#durationsUs[i] === 0) continue;
      this.#add.run(SAGA_STATUSES[i]!, this.#sagas[i]!, this.#durationsUs[i]!);
    }
    this.forget();
  }
}

/** Within a transaction of the caller's. `nos`: a list of sagas, in JSON. */
export function deleteSagas(db: DatabaseSync, nos: string): void {
  const these = 'IN (SELECT value FROM json_each(?))';
  const gone = 'SELECT status, -count(*), -coalesce(sum(ended_at_us - created_at_us), 0) FROM sagas';
  db.prepare(
    `INSERT INTO totals (status, sagas, duration_us) ${gone} WHERE no ${these} GROUP BY status ${ADDED}`,
  ).run(nos);
  db.prepare(`DELETE FROM batches WHERE saga ${these}`).run(nos);
  db.prepare(`DELETE FROM sagas WHERE no ${these}`).run(nos);
  db.prepare(EMPTY_ZONES).run(nos);
}

const EMPTY_ZONES = `
  DELETE FROM zones WHERE zone IN (SELECT DISTINCT value / ${ZONE} FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM sagas WHERE no >= zone * ${ZONE} AND no < (zone + 1) * ${ZONE})`;

/** A sum of times may be longer than a safe integer: it is rounded then. */
export function readTotals(db: DatabaseSync): readonly StatusCount[] {
  const rows = db
    .prepare('SELECT status, sagas, CAST(duration_us AS REAL) AS duration_us FROM totals WHERE sagas <> 0')
    .all() as { status: SagaStatus; sagas: number; duration_us: number }[];
  return rows.map(({ status, sagas, duration_us }) => ({
    status,
    count: sagas,
    durationUsTotal: duration_us,
  }));
}

const ADDED = `ON CONFLICT (status) DO UPDATE
               SET sagas = sagas + excluded.sagas, duration_us = duration_us + excluded.duration_us`;
