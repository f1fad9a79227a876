// What a file of sagas says when it is asked: pages of sagas, and the removal of one. On the connection of the main
// thread, so that nothing here may take long.
//
// C1. A page is read off the end of an index, for each status by itself: what it costs depends on its length, and not on
//     how many sagas there are.
// C2. Only the time of creation is in no such order (clocks differ). Sagas are then looked through by windows of their
//     numbers, and others have their turn in between.

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { SagaStatus } from '../core/saga-event.ts';
import { isEnded } from '../core/saga-state.ts';
import { STATUSES } from './append-batch.ts';
import { checkQuery, type SagaPage, type SagaQuery, type SagaRow } from './saga-catalogue.ts';
import { deleteSagas } from './sqlite-totals.ts';

/** Sagas looked through in one turn: some milliseconds at the worst. */
const WINDOW = 20_000;
/** So many entries of an index are looked at to know where the sagas of a time begin: a millisecond or two. */
const LATE_MAX = 50_000;

interface Found {
  readonly no: number;
  readonly id: string;
  readonly definition: string;
  readonly definition_version: number;
  readonly status: SagaStatus;
  readonly created_at_us: number;
  readonly updated_at_us: number;
  readonly ended_at_us: number | null;
}

/** Numbers of sagas: from `low`, below `high`. */
interface Range {
  readonly low: number;
  readonly high: number;
}

/** @throws UserError `bad-query` */
export async function findSagas(db: DatabaseSync, query: SagaQuery): Promise<SagaPage> {
  checkQuery(query);
  const { cursor, limit, createdFromUs } = query;
  const low = createdFromUs === undefined ? 1 : lowestOf(db, createdFromUs);
  const found: Found[] = [];
  for (let high = Math.min(endOf(db), Number(cursor ?? Infinity)); high > low; ) {
    const bottom = createdFromUs === undefined ? low : Math.max(low, high - WINDOW); // C2
    found.push(...readRange(db, query, { low: bottom, high }, limit + 1 - found.length));
    if (found.length > limit) break;
    high = bottom;
    if (high > low) await turn();
  }
  const page = found.slice(0, limit);
  return { sagas: page.map(rowOf), next: found.length > limit ? `${page.at(-1)!.no}` : undefined };
}

function rowOf(found: Found): SagaRow {
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

/** After the number of every saga there is. */
function endOf(db: DatabaseSync): number {
  return (db.prepare('SELECT coalesce(max(no), 0) + 1 AS no FROM sagas').get() as { no: number }).no;
}

/** C2. No saga below it was created at this time or later. Where that would take long to know, 1. */
function lowestOf(db: DatabaseSync, createdFromUs: number): number {
  const late = `SELECT no FROM sagas INDEXED BY sagas_by_creation WHERE created_at_us >= ? LIMIT ${LATE_MAX + 1}`;
  const row = db.prepare(`SELECT count(*) AS count, min(no) AS no FROM (${late})`).get(createdFromUs);
  const { count, no } = row as { count: number; no: number | null };
  if (no === null) return Number.POSITIVE_INFINITY;
  return count > LATE_MAX ? 1 : no;
}

/** C1. Newest first. */
function readRange(
  db: DatabaseSync,
  { statuses, definition, createdFromUs }: SagaQuery,
  { low, high }: Range,
  limit: number,
): readonly Found[] {
  const values: Record<string, string | number> = { low, high, limit };
  let within = 'no >= :low AND no < :high';
  let index = 'sagas_by_status';
  if (definition !== undefined) {
    values.definition = definition;
    within = `definition = :definition AND ${within}`;
    index = 'sagas_by_definition';
  }
  if (createdFromUs !== undefined) {
    values.created = createdFromUs;
    within += ' AND created_at_us >= :created';
  }
  const newest = 'ORDER BY no DESC LIMIT :limit';
  const isAny = statuses === undefined && definition === undefined;
  const branches = isAny
    ? [`SELECT no FROM sagas WHERE ${within} ${newest}`]
    : [...new Set(statuses ?? STATUSES)].map((status, i) => {
        values[`status${i}`] = status;
        return `SELECT no FROM sagas INDEXED BY ${index} WHERE status = :status${i} AND ${within} ${newest}`;
      });
  if (branches.length === 0) return [];
  const nos = branches.map((branch) => `SELECT no FROM (${branch})`).join(' UNION ALL ');
  return db.prepare(`${ROWS} WHERE no IN (${nos}) ${newest}`).all(values) as unknown as Found[];
}

const ROWS = `
  SELECT no, id, definition, definition_version, status, created_at_us, ended_at_us,
         (SELECT at_us FROM batches WHERE saga = sagas.no ORDER BY version DESC LIMIT 1) AS updated_at_us
  FROM sagas`;

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
