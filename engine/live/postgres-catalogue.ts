// What a database of sagas says when it is asked, by whatever worker: pages of sagas, logs, counts, and the removal of one.
//
// C1. What did not go well and what is open is read off the end of an index, for each status by itself. The others are read
//     from the newest down; what a definition or a time of creation leaves out may have to be looked through.
// C2. Lists and counts, which may take a while, have a connection of their own: nobody who waits for a log or a saga to be
//     opened stands behind them.
// C3. Sagas are numbered when they are written, and seen when that is committed: one that is committed late may come to
//     stand in a page that was read before.

import type { StoredEvent } from '../core/ports.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import { type FoundSaga, rowOf } from './catalogue-rows.ts';
import type { Statement, StatementRunner } from './postgres-line.ts';
import { readLogs } from './postgres-logs.ts';
import { isStorableName } from './postgres-writer.ts';
import {
  asked,
  checkNames,
  checkQuery,
  type SagaCatalogue,
  type SagaPage,
  type SagaQuery,
  type StatusCount,
} from './saga-catalogue.ts';

export interface PostgresCatalogueParts {
  /** For what is short. */
  readonly reader: StatementRunner;
  /** C2. */
  readonly lister: StatementRunner;
}

type Found = FoundSaga<string>;

interface Retired {
  readonly id: string;
  readonly at_us: number;
}

interface Removal {
  readonly has_ended: boolean;
  readonly is_gone: boolean;
}

export class PostgresCatalogue implements SagaCatalogue {
  readonly #reader: StatementRunner;
  readonly #lister: StatementRunner;

  constructor({ reader, lister }: PostgresCatalogueParts) {
    this.#reader = reader;
    this.#lister = lister;
  }

  async find(query: SagaQuery): Promise<SagaPage> {
    checkQuery(query);
    const { limit, definition = '-' } = query;
    if (!isStorableName(definition)) return { sagas: [], next: undefined };
    const found = await asked(() => this.#lister.run<Found>(pageOf(query)));
    const page = found.slice(0, limit);
    return { sagas: page.map(rowOf), next: found.length > limit ? page.at(-1)!.no : undefined };
  }

  async logOf(saga: string): Promise<readonly StoredEvent[]> {
    if (!isStorableName(saga)) return [];
    const logs = await asked(() => readLogs(this.#reader, 's.id = $1', { name: 'log', values: [saga] }));
    return logs[0] ?? [];
  }

  counts(): Promise<readonly StatusCount[]> {
    return asked(() => this.#lister.run<StatusCount>({ text: COUNTS }));
  }

  async remove(saga: string): Promise<'removed' | 'not-ended' | 'unknown'> {
    if (!isStorableName(saga)) return 'unknown';
    for (;;) {
      const [known] = await asked(() => this.#reader.run<Removal>({ text: REMOVE, values: [saga] }));
      if (known === undefined) return 'unknown';
      if (known.is_gone) return 'removed';
      if (!known.has_ended) return 'not-ended';
      // Somebody else moved or removed it at the same moment.
    }
  }

  async retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>> {
    checkNames(sagas);
    const values = [sagas.filter(isStorableName)];
    const rows = await asked(() => this.#lister.run<Retired>({ text: RETIRED, values }));
    return new Map(rows.map(({ id, at_us }) => [id, at_us]));
  }
}

/** One saga more than asked for: it tells whether there is another page. */
function pageOf({ statuses, definition, createdFromUs, cursor = NUMBER_MAX, limit }: SagaQuery): Statement {
  const values: unknown[] = [limit + 1, cursor];
  let within = 'no < $2::bigint';
  const add = (condition: string, value: unknown): void => {
    values.push(value);
    within += ` AND ${condition} $${values.length}`;
  };
  if (definition !== undefined) add('definition =', definition);
  if (createdFromUs !== undefined) add('created_at_us >=', createdFromUs);
  const nos = branchesOf(statuses).map(
    (branch) => `(SELECT no FROM sagas WHERE ${branch} AND ${within} ${NEWEST})`,
  );
  const all = `SELECT no FROM (${nos.join(' UNION ALL ')}) AS each_of_them ${NEWEST}`;
  return { text: `WITH page AS MATERIALIZED (${nos.length === 1 ? nos[0] : all}) ${ROWS}`, values };
}

/** C1. The words of a status are ours: a plan is made for them. */
function branchesOf(statuses: SagaQuery['statuses']): readonly string[] {
  if (statuses === undefined) return ['true'];
  const wanted = SAGA_STATUSES.filter((status) => statuses.includes(status));
  if (wanted.length === 0) return ['false'];
  if (wanted.includes('completed')) return [`status IN (${wanted.map((name) => `'${name}'`).join(', ')})`];
  return wanted.map((status) => `status = '${status}'`);
}

const NEWEST = 'ORDER BY no DESC LIMIT $1';

const NUMBER_MAX = '9223372036854775807';

const ROWS = `
  SELECT s.no, s.id, s.definition, s.definition_version, s.status,
         s.created_at_us::float8 AS created_at_us, s.ended_at_us::float8 AS ended_at_us,
         (SELECT b.at_us FROM batches b WHERE b.saga = s.no ORDER BY b.first DESC LIMIT 1)::float8 AS updated_at_us
  FROM page JOIN sagas s USING (no) ORDER BY s.no DESC`;

const COUNTS = `
  SELECT status, count(*)::float8 AS count,
         coalesce(sum(ended_at_us - created_at_us), 0)::float8 AS "durationUsTotal"
  FROM sagas GROUP BY status`;

/** Only when it still stands where it was found. */
const REMOVE = `
  WITH known AS MATERIALIZED (
    SELECT no, ended_at_us FROM sagas WHERE id = $1
  ), gone AS (
    DELETE FROM sagas s USING known k WHERE s.no = k.no AND s.ended_at_us = k.ended_at_us RETURNING s.no
  ), emptied AS (
    DELETE FROM batches b USING gone WHERE b.saga = gone.no
  )
  SELECT ended_at_us IS NOT NULL AS has_ended, EXISTS (SELECT FROM gone) AS is_gone FROM known`;

const RETIRED = 'SELECT id, at_us::float8 AS at_us FROM retired WHERE id = ANY ($1)';
