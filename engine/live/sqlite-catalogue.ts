// What a file of sagas says when it is asked: pages of sagas, and the removal of one. On the connection of the main
// thread, so that nothing here may take long.
//
// C1. Nothing is looked through from end to end: a page is read from the newest saga down, zone by zone (sqlite-zones.ts),
//     and others have their turn in between. Zones that cannot hold what is asked for are left out.
// C2. What did not go well and what is open stands in an index: that is read off, however many there are of the others.

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { SagaStatus } from '../core/saga-event.ts';
import { isEnded } from '../core/saga-state.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import { type FoundSaga, rowOf } from './catalogue-rows.ts';
import { checkNames, checkQuery, type SagaPage, type SagaQuery } from './saga-catalogue.ts';
import { deleteSagas } from './sqlite-totals.ts';
import { ZONE, zonesFor } from './sqlite-zones.ts';

/** The indexes of C2, and the statuses in them. */
const INDEXED = [
  { index: 'sagas_amiss', statuses: ['compensated', 'failed', 'compensation_failed'], also: '' },
  { index: 'sagas_resolved', statuses: ['resolved'], also: '' },
  {
    index: 'open_sagas',
    statuses: ['running', 'compensating'],
    also: `AND status IN ('running', 'compensating') AND partition IN (SELECT name FROM partitions)`,
  },
] as const satisfies readonly {
  readonly index: string;
  readonly statuses: readonly SagaStatus[];
  /** The words of the index, where they do not follow from the status. */
  readonly also: string;
}[];

type Found = FoundSaga<number>;

/** Numbers of sagas: from `low`, below `high`. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** @throws UserError `bad-query` */
export async function findSagas(db: DatabaseSync, query: SagaQuery): Promise<SagaPage> {
  checkQuery(query);
  const { limit } = query;
  const found: Found[] = [];
  for (const [i, range] of rangesOf(db, query).entries()) {
    if (i > 0) await turn(); // C1
    found.push(...readRange(db, query, range, limit + 1 - found.length));
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  return { sagas: page.map(rowOf), next: found.length > limit ? `${page.at(-1)!.no}` : undefined };
}

/** Newest first. */
function rangesOf(db: DatabaseSync, query: SagaQuery): readonly Range[] {
  const { no } = db.prepare('SELECT coalesce(max(no), 0) AS no FROM sagas').get() as { no: number };
  const high = Math.min(no + 1, Number(query.cursor ?? Infinity));
  if (isReadOff(query)) return [{ low: 1, high }];
  const zones = zonesFor(db, query, Math.floor((high - 1) / ZONE));
  return zones.map((zone) => ({ low: zone * ZONE, high: Math.min(high, (zone + 1) * ZONE) }));
}

/** Whether each saga that is looked at belongs to the answer: C2, or all of them do. */
function isReadOff({ statuses, definition, createdFromUs }: SagaQuery): boolean {
  return definition === undefined && createdFromUs === undefined && statuses?.includes('completed') !== true;
}

/** Newest first. */
function readRange(db: DatabaseSync, query: SagaQuery, range: Range, limit: number): readonly Found[] {
  const { definition, createdFromUs } = query;
  const values: Record<string, string | number> = { ...range, limit };
  let within = 'no >= :low AND no < :high';
  if (definition !== undefined) {
    values.definition = definition;
    within += ' AND definition = :definition';
  }
  if (createdFromUs !== undefined) {
    values.created = createdFromUs;
    within += ' AND created_at_us >= :created';
  }
  const nos = branchesOf(query)
    .map((branch) => `SELECT no FROM (SELECT no FROM sagas ${branch} AND ${within} ${NEWEST})`)
    .join(' UNION ALL ');
  if (nos === '') return [];
  return db.prepare(`${ROWS} WHERE no IN (${nos}) ${NEWEST}`).all(values) as unknown as Found[];
}

/** C2: each is in the order of `no`. The words of a status are ours. */
function branchesOf({ statuses }: SagaQuery): readonly string[] {
  if (statuses === undefined) return ['WHERE true'];
  const wanted = SAGA_STATUSES.filter((status) => statuses.includes(status));
  if (wanted.includes('completed'))
    return [`WHERE status IN (${wanted.map((status) => `'${status}'`).join(', ')})`];
  return INDEXED.flatMap(({ index, statuses: all, also }) =>
    all
      .filter((status) => wanted.includes(status))
      .map((status) => `INDEXED BY ${index} WHERE status = '${status}' ${also}`),
  );
}

const NEWEST = 'ORDER BY no DESC LIMIT :limit';

const ROWS = `
  SELECT no, id, definition, definition_version, status, created_at_us, ended_at_us,
         (SELECT at_us FROM batches WHERE saga = sagas.no ORDER BY version DESC LIMIT 1) AS updated_at_us
  FROM sagas`;

/** @throws UserError `bad-query` */
export function retiredAmong(db: DatabaseSync, sagas: readonly string[]): ReadonlyMap<string, number> {
  checkNames(sagas);
  const rows = db
    .prepare('SELECT id, at_us FROM retired WHERE id IN (SELECT value FROM json_each(?))')
    .all(JSON.stringify(sagas.filter((saga) => saga.isWellFormed())));
  return new Map(rows.map(({ id, at_us }) => [String(id), Number(at_us)]));
}

/** One transaction: nobody takes the saga up in between. */
export function removeSaga(db: DatabaseSync, saga: string): 'removed' | 'not-ended' | 'unknown' {
  db.exec('BEGIN IMMEDIATE');
  try {
    const row = db.prepare('SELECT no, status FROM sagas WHERE id = ?').get(saga);
    const known = row as { no: number; status: SagaStatus } | undefined;
    const isGoing = known !== undefined && isEnded(known.status);
    if (isGoing) deleteSagas(db, JSON.stringify([known.no]));
    db.exec('COMMIT');
    return isGoing ? 'removed' : known === undefined ? 'unknown' : 'not-ended';
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
