// Where in a file of sagas to look: for each stretch of numbers, and each definition in it, when the latest of its sagas
// was created. An index would cost the writer more than all that people ever ask; this is a row for thousands of sagas.
//
// Z1. A zone never denies what it holds: whoever writes a saga raises its row before the commit. It may promise too much.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SagaQuery } from './saga-catalogue.ts';

/** Numbers of sagas in a zone: looked through in two milliseconds or so. */
export const ZONE = 8_192;

interface Born {
  zone: number;
  createdMaxUs: number;
}

/** What the sagas that begin in one transaction of the writer change. Their numbers rise. */
export class ZoneChanges {
  readonly #born = new Map<string, Born>();
  readonly #raise: StatementSync;

  constructor(db: DatabaseSync) {
    this.#raise = db.prepare(
      `INSERT INTO zones (zone, definition, created_max_us) VALUES (?, ?, ?)
       ON CONFLICT (zone, definition) DO UPDATE SET created_max_us = max(created_max_us, excluded.created_max_us)`,
    );
  }

  born(no: number, definition: string, createdAtUs: number): void {
    const zone = Math.floor(no / ZONE);
    const known = this.#born.get(definition);
    if (known === undefined) {
      this.#born.set(definition, { zone, createdMaxUs: createdAtUs });
    } else if (known.zone !== zone) {
      this.#raise.run(known.zone, definition, known.createdMaxUs);
      known.zone = zone;
      known.createdMaxUs = createdAtUs;
    } else if (createdAtUs > known.createdMaxUs) known.createdMaxUs = createdAtUs;
  }

  forget(): void {
    if (this.#born.size > 0) this.#born.clear();
  }

  write(): void {
    for (const [definition, { zone, createdMaxUs }] of this.#born) {
      this.#raise.run(zone, definition, createdMaxUs);
    }
    this.forget();
  }
}

/** The zones, newest first and none above `last`, that may hold what a query asks for. */
export function zonesFor(
  db: DatabaseSync,
  { definition = null, createdFromUs = null }: { readonly [Key in keyof SagaQuery]?: SagaQuery[Key] | null },
  last: number,
): readonly number[] {
  const rows = db
    .prepare(
      `SELECT DISTINCT zone FROM zones
       WHERE zone <= :last AND definition = ifnull(:definition, definition)
         AND created_max_us >= ifnull(:created, created_max_us)
       ORDER BY zone DESC`,
    )
    .all({ last, definition, created: createdFromUs });
  return rows.map(({ zone }) => zone as number);
}
