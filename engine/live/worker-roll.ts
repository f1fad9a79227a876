// The roll of the workers that share a database: who is alive, and what they hold.
//
// C1. A worker is alive until its heartbeat is over, by the database's clock. It answers the roll just before it renews
//     its leases: so when those are over, it is not counted any more.
// C2. Who comes says so to all the others, which look at once whether they have more than their share.

import type { Census } from './fair-shares.ts';
import type { PostgresLine } from './postgres-line.ts';

export interface WorkerRollOptions {
  readonly line: PostgresLine;
  readonly name: string;
  /** Where looks are asked for. */
  readonly channel: string;
  /** Partitions in all. */
  readonly partitions: number;
  /** How long a heartbeat lasts, in milliseconds. */
  readonly aliveMs: number;
}

/** At the moment of the call. */
export interface RollCall extends Census {
  /** When the next of the others is over, if it does not answer again; in milliseconds. */
  readonly nextEndMs: number;
}

interface Row {
  readonly free: number;
  /** Null where there is no worker at all. */
  readonly name: string | null;
  readonly most: number;
  readonly held: number;
  readonly ms: number;
}

export class WorkerRoll {
  readonly #options: WorkerRollOptions;

  constructor(options: WorkerRollOptions) {
    this.#options = options;
  }

  /** Says that this worker is alive and takes so many partitions at most; who else is. @throws LineError */
  async call(most: number): Promise<RollCall> {
    const { line, name, channel, partitions, aliveMs } = this.#options;
    const rows = await line.run<Row>({ name: 'roll', text: CALL, values: [name, most, aliveMs] });
    if (rows.every((row) => row.name !== name)) {
      await line.run({ text: 'SELECT pg_notify($1, $2)', values: [channel, name] }); // C2
    }
    const others = rows.flatMap((row) =>
      row.name === null || row.name === name ? [] : [{ ...row, name: row.name }],
    );
    return {
      partitions,
      free: rows[0]!.free,
      others,
      nextEndMs: Math.min(...others.map(({ ms }) => ms)),
    };
  }

  /** This worker is not counted any more. @throws LineError */
  async leave(): Promise<void> {
    await this.#options.line.run({ text: LEAVE, values: [this.#options.name] });
  }
}

/** The rows as they were before: who is not among them has just come. Those that are over are swept away. */
const CALL = `
  WITH own AS (
    INSERT INTO workers (name, partitions_max, alive_until)
    VALUES ($1, $2, clock_timestamp() + $3::integer * interval '1 ms')
    ON CONFLICT (name) DO UPDATE SET partitions_max = excluded.partitions_max, alive_until = excluded.alive_until
  ), swept AS (
    DELETE FROM workers WHERE name IN (
      SELECT name FROM workers WHERE alive_until <= clock_timestamp() AND name <> $1 FOR UPDATE SKIP LOCKED
    )
  )
  SELECT f.free, w.name, w.partitions_max AS most,
         (SELECT count(*)::integer FROM partitions p
          WHERE p.owner = w.name AND p.lease_until > clock_timestamp()) AS held,
         ceil(extract(epoch FROM w.alive_until - clock_timestamp()) * 1000)::integer AS ms
  FROM (SELECT count(*)::integer AS free FROM partitions WHERE lease_until <= clock_timestamp()) f
  LEFT JOIN workers w ON w.alive_until > clock_timestamp()`;

const LEAVE = 'DELETE FROM workers WHERE name = $1';
