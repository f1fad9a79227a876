// Many appends as one statement, and what became of each.
//
// W1. A statement is one transaction, and the server ends it: it is answered when it is committed, and a writer that
//     stops in the middle holds nothing.
// W2. The row of the partition is locked (shared) before anything is written. Who opens it, takes it over or renews its
//     lease changes that row: so they come before the statement, which then sees it, or after its commit (E10).
// W3. Epoch, lease and version are checked for each append by itself: what is fenced or in conflict is not written, and
//     keeps nobody else from it. Two appends of one saga never share a statement.
// W4. Two writers that race for the same row, where neither sees the other yet, meet at a unique key. Then, and when the
//     server refuses a value, the statement is halved until the one that it is about fails alone.
// W5. A statement is no longer than it can be in memory: what gathered while the database was away may be far more.

import { assert } from '../core/assert.ts';
import type { AppendOutput } from '../core/orchestrator-messages.ts';
import type { SagaEvent, SagaStatus } from '../core/saga-event.ts';
import { statusAfter } from '../core/saga-standing.ts';
import { isEnded } from '../core/saga-state.ts';
import type { AppendAnswer, TextedAppend, WrittenAppends } from './append-batch.ts';
import { LineError, type Statement, type StatementRunner } from './postgres-line.ts';

type SagaCreated = Extract<SagaEvent, { kind: 'saga-created' }>;

/** W5: of events, in characters. */
const TEXT_MAX = 16 * 1024 * 1024;
/** Longer names do not fit into an index. */
const NAME_MAX = 500;

/**
 * Plans are along indexes, whatever the tables held when the plan was made: a writer that began with empty tables would
 * otherwise read all of them for each batch, until somebody counts their rows.
 */
export const WRITER_SESSION = `
  SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan`;

/** Whether the database can hold these names: others must not keep a batch from being written. */
export function isStorable(append: AppendOutput): boolean {
  const created = createdBy(append);
  assert(append.expectedVersion > 0 || created !== undefined, 'a log begins with saga-created', append.saga);
  return isStorableName(append.saga) && isStorableName(created?.definition ?? '-');
}

/** A name that is not is no saga's and no definition's. */
export function isStorableName(name: string): boolean {
  return name.length <= NAME_MAX && name.isWellFormed() && !/[\n\0]/.test(name);
}

/** Writes what can be written. Never fails: what went wrong is in the answers. */
export async function writeAppends(
  line: StatementRunner,
  batch: readonly TextedAppend[],
): Promise<WrittenAppends> {
  const answers: AppendAnswer[] = [];
  let trouble: Error | undefined;
  for (const part of partsOf(batch)) {
    const written = await writePart(line, part);
    for (const answer of written.answers) answers.push(answer);
    trouble ??= written.trouble;
  }
  return { answers, trouble };
}

/** W3. Mostly one. */
function partsOf(batch: readonly TextedAppend[]): readonly (readonly TextedAppend[])[] {
  const parts: TextedAppend[][] = [[]];
  const sagas = new Set<string>();
  let length = 0;
  for (const item of batch) {
    const isFull = length > 0 && length + item.text.length > TEXT_MAX;
    if (isFull || sagas.has(item.append.saga)) {
      sagas.clear();
      length = 0;
      parts.push([]);
    }
    sagas.add(item.append.saga);
    length += item.text.length;
    parts.at(-1)!.push(item);
  }
  return parts;
}

async function writePart(line: StatementRunner, part: readonly TextedAppend[]): Promise<WrittenAppends> {
  try {
    const refused = await line.run<{ place: string; answer: AppendAnswer }>(statementOf(part));
    const answers = part.map((): AppendAnswer => 'appended');
    for (const { place, answer } of refused) answers[Number(place) - 1] = answer;
    return { answers, trouble: undefined };
  } catch (error) {
    assert(error instanceof LineError, 'a line fails in its own way', String(error));
    if (part.length > 1 && isAboutOne(error)) {
      const middle = part.length >> 1;
      const left = await writePart(line, part.slice(0, middle));
      const right = await writePart(line, part.slice(middle));
      return { answers: [...left.answers, ...right.answers], trouble: left.trouble ?? right.trouble };
    }
    const answer = error.effect === 'none' ? 'append-failed' : 'append-unknown';
    return { answers: part.map((): AppendAnswer => answer), trouble: error };
  }
}

/** W4: a value, a constraint, a limit; not a disk that is full. */
function isAboutOne({ sqlState }: LineError): boolean {
  return sqlState !== undefined && /^(22|23|54)/.test(sqlState);
}

/** A column for each parameter. Names and JSON hold no bare line feed, so that it can separate them. */
function statementOf(part: readonly TextedAppend[]): Statement {
  const lines = (textOf: (item: TextedAppend) => string): string => part.map(textOf).join('\n');
  const list = (numberOf: (append: AppendOutput) => number | 'NULL'): string =>
    `{${part.map(({ append }) => numberOf(append)).join(',')}}`;
  const status = part.map(({ append }) => statusAfter(append.events));
  const values = [
    lines(({ append }) => append.saga),
    list(({ expectedVersion }) => expectedVersion),
    list(({ events }) => events.length),
    list(({ epoch }) => epoch),
    list(({ atUs }) => atUs),
    lines(({ text }) => text),
    status.map((name) => name ?? '').join('\n'),
    `{${part.map(({ append: { atUs } }, i) => (endsAt(status[i]) ? atUs : 'NULL')).join(',')}}`,
    lines(({ append }) => createdBy(append)?.definition ?? ''),
    list((append) => createdBy(append)?.definitionVersion ?? 0),
    `{${[...new Set(part.map(({ append }) => append.epoch))].join(',')}}`,
  ];
  return { name: 'append', text: APPEND, values };
}

function endsAt(status: SagaStatus | undefined): boolean {
  return status !== undefined && isEnded(status);
}

function createdBy({ expectedVersion, events }: AppendOutput): SagaCreated | undefined {
  const first = expectedVersion === 0 ? events[0] : undefined;
  return first?.kind === 'saga-created' ? first : undefined;
}

/**
 * - `mine`: the partitions of these epochs, locked (W2) in one order for all.
 * - `asked`: each append with what is decided about it (W3), and the number of its saga, which may be a new one.
 * - `born`, `moved`: the sagas that begin, and those whose status changes. One at rest may be retired at this moment: it
 *   is written to only when it is still there; else it is gone.
 *
 * Gives back what was not written.
 */
const APPEND = `
  WITH mine AS MATERIALIZED (
    SELECT name, epoch FROM partitions
    WHERE epoch = ANY ($11::bigint[]) AND (lease_until IS NULL OR lease_until > clock_timestamp())
    ORDER BY name FOR SHARE
  ), judged AS MATERIALIZED (
    SELECT a.*, m.name AS partition, s.no AS known, s.ended_at_us IS NOT NULL AS has_ended,
           CASE WHEN m.name IS NULL THEN 'append-fenced'
                WHEN s.partition <> m.name THEN 'append-elsewhere'
                WHEN s.no IS NULL AND a.expected > 0 THEN 'append-gone'
                WHEN a.expected <> coalesce((SELECT b.first + b.count - 1 FROM batches b WHERE b.saga = s.no
                                             ORDER BY b.first DESC LIMIT 1), 0) THEN 'append-conflict'
                ELSE 'appended' END AS answer
    FROM ROWS FROM (
      unnest(string_to_array($1, E'\\n')), unnest($2::integer[]), unnest($3::integer[]), unnest($4::bigint[]),
      unnest($5::bigint[]), unnest(string_to_array($6, E'\\n')), unnest(string_to_array($7, E'\\n', '')),
      unnest($8::bigint[]), unnest(string_to_array($9, E'\\n')), unnest($10::integer[])
    ) WITH ORDINALITY AS a (saga, expected, count, epoch, at_us, events, status, ended_at_us, definition,
                            definition_version, place)
    LEFT JOIN mine m ON m.epoch = a.epoch
    LEFT JOIN sagas s ON s.id = a.saga
  ), asked AS MATERIALIZED (
    SELECT *, known IS NOT NULL AND (status IS NOT NULL OR has_ended) AS moves,
           CASE WHEN known IS NULL AND answer = 'appended'
                THEN nextval('saga_numbers') ELSE known END AS no
    FROM judged
  ), born AS (
    INSERT INTO sagas (no, id, partition, definition, definition_version, status, created_at_us, ended_at_us)
    SELECT no, saga, partition, definition, definition_version, coalesce(status, 'running'), at_us, ended_at_us
    FROM asked WHERE answer = 'appended' AND known IS NULL ORDER BY no
  ), moved AS (
    UPDATE sagas s SET status = coalesce(a.status, s.status), ended_at_us = CASE
      WHEN a.status IS NULL THEN s.ended_at_us
      WHEN a.ended_at_us IS NOT NULL THEN greatest(a.ended_at_us, s.created_at_us) END
    FROM asked a WHERE a.answer = 'appended' AND a.moves AND s.no = a.no
    RETURNING a.place, a.no, a.expected, a.count, a.epoch, a.at_us, a.events
  ), written AS (
    INSERT INTO batches (saga, first, count, epoch, at_us, events)
    SELECT no, expected + 1, count, epoch, at_us, events FROM asked WHERE answer = 'appended' AND NOT moves
    UNION ALL SELECT no, expected + 1, count, epoch, at_us, events FROM moved
  )
  SELECT place, answer FROM asked WHERE answer <> 'appended'
  UNION ALL
  SELECT place, 'append-gone' FROM asked
  WHERE answer = 'appended' AND moves AND place NOT IN (SELECT place FROM moved)`;
