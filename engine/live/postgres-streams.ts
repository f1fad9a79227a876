// The events of aggregates in a database of sagas, for services on several machines.
//
// G1. An append is one statement, and so one transaction: whole, or not at all. It is answered when it is committed.
// G2. The counter of positions is a row that is locked until the commit: so positions are 1, 2, 3, … in the order of commits,
//     and who reads on from the last that he saw misses none. The price: appends to all streams wait for one another. A
//     sequence would not make them wait, and its lower numbers may be seen after its higher ones.
// G3. Two who append to one stream at once: the second waits for the counter, and then meets the key (stream, version), which
//     is a conflict.
// G4. When the connection is lost with an append, nobody knows. So it is asked for again, with the same id and the same
//     version: if it was done before, its id stands there, and if it is done later, it meets the key of G3.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent, StreamEvent } from '../event-sourcing/aggregate.ts';
import type { AsyncEventStreams } from '../event-sourcing/async-streams.ts';
import type { StreamAppend } from '../event-sourcing/event-streams.ts';
import { SAGAS_SCHEMA } from './postgres-address.ts';
import { connectTo, LineError, PostgresLine } from './postgres-line.ts';
import { preparedAddress } from './postgres-start.ts';
import { isStorableName } from './postgres-writer.ts';
import { storeFailed } from './saga-catalogue.ts';

const UNIQUE_VIOLATION = '23505';
/** G4. Together some ten seconds. */
const TRIES = 40;
const TRY_AGAIN_MS = 250;

/** Where {@link PostgresStreams} keeps its events. */
export interface PostgresStreamsOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that `pg` knows. Never logged. */
  readonly url: string;
  /** As for `PostgresStore`; default `sagastorm`. It is made when it is not there. */
  readonly schema?: string;
}

/** A row as `pg` gives it. */
interface Row {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly schema: number;
  readonly event: string;
}

/**
 * Streams for several processes that share one database.
 *
 * @example
 * const streams = await PostgresStreams.connect({ url: process.env.DATABASE_URL! });
 * const orders = new AsyncRepository(orderAggregate, streams);
 * …
 * await streams.close();
 */
export class PostgresStreams implements AsyncEventStreams {
  readonly #line: PostgresLine;

  private constructor(line: PostgresLine) {
    this.#line = line;
  }

  /** @throws UserError `store-unreachable`, `store-unusable`, `store-newer`, `bad-option`. */
  static async connect({ url, schema = SAGAS_SCHEMA }: PostgresStreamsOptions): Promise<PostgresStreams> {
    const address = await preparedAddress({ url, schema });
    return new PostgresStreams(new PostgresLine({ connect: () => connectTo(address) }));
  }

  /**
   * @throws UserError `store-failed` when the database is away for long: the append may still be done; TypeError for what JSON
   *   cannot hold
   */
  async append({ stream, expectedVersion, schema, events }: StreamAppend): Promise<'appended' | 'conflict'> {
    const texts = events.map((event) => JSON.stringify(event));
    if (!isStorableName(stream))
      throw storeFailed(`${JSON.stringify(stream.slice(0, 80))} cannot be a stream`);
    const values = [stream, expectedVersion, schema, texts, randomUUID(), texts.length];
    for (let tries = 1; ; tries++) {
      try {
        const [row] = await this.#line.run<{ is_expected: boolean }>({ name: 'add', text: APPEND, values });
        if (row!.is_expected) return 'appended';
        return tries > 1 && (await this.#isMine(values)) ? 'appended' : 'conflict';
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        if (error.sqlState === UNIQUE_VIOLATION)
          return (await this.#isMine(values)) ? 'appended' : 'conflict'; // G3, G4
        if (error.sqlState !== undefined || tries === TRIES) throw storeFailed(error);
        await delay(TRY_AGAIN_MS);
      }
    }
  }

  /** @throws UserError `store-failed` */
  read(stream: string, afterVersion = 0): Promise<readonly StreamEvent[]> {
    return this.#events(`${EVENTS} WHERE stream = $1 AND version > $2 ORDER BY version`, [
      stream,
      afterVersion,
    ]);
  }

  /** @throws UserError `store-failed` */
  readAll(afterPosition: number, max: number): Promise<readonly StreamEvent[]> {
    return this.#events(`${EVENTS} WHERE position > $1 ORDER BY position LIMIT $2`, [afterPosition, max]);
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#line.close();
  }

  async #events(text: string, values: readonly unknown[]): Promise<readonly StreamEvent[]> {
    const rows = await this.#asked<Row>(text, values);
    return rows.map(({ event, ...row }) => ({ ...row, event: JSON.parse(event) as DomainEvent }));
  }

  /** Whether the append with this id stands where it was to stand. */
  async #isMine([stream, expectedVersion, , , id]: readonly unknown[]): Promise<boolean> {
    const found = await this.#asked(
      'SELECT FROM stream_events WHERE stream = $1 AND version = $2::integer + 1 AND append_id = $3',
      [stream, expectedVersion, id],
    );
    return found.length > 0;
  }

  async #asked<Found>(text: string, values: readonly unknown[]): Promise<readonly Found[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#line.run<Found>({ text, values });
      } catch (error) {
        if (!(error instanceof LineError) || error.sqlState !== undefined || tries === TRIES)
          throw storeFailed(error);
        await delay(TRY_AGAIN_MS);
      }
    }
  }
}

const EVENTS = 'SELECT position::float8 AS position, stream, version, schema, event FROM stream_events';

/** G2: the counter is changed, and so locked, before the version is trusted; a race that it does not see ends at G3. */
const APPEND = `
  WITH stood AS MATERIALIZED (
    SELECT coalesce(max(version), 0) = $2::integer AS is_expected FROM stream_events WHERE stream = $1
  ), head AS (
    UPDATE stream_head SET position = position + $6::integer FROM stood WHERE is_expected AND $6::integer > 0
    RETURNING position - $6::integer AS before
  ), written AS (
    INSERT INTO stream_events (position, stream, version, schema, event, append_id)
    SELECT before + e.place, $1, $2::integer + e.place, $3::integer, e.event, $5::uuid
    FROM head, unnest($4::text[]) WITH ORDINALITY AS e (event, place)
  )
  SELECT is_expected FROM stood`;
