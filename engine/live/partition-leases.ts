// Which partitions this worker may write, and until when: leases in the database.
//
// R1. A lease is over when the database's clock says so; no other clock is asked. Timers here only say when to look.
// R2. Every claim is a higher epoch than any before. A lease that is over is never renewed: it is claimed anew, by
//     whoever comes first.
// R3. A worker renews at a third of the time. What was not renewed is lost, and its holder is told; whether it hears of it
//     in time does not matter, since what it appends is fenced by the lease's row.
// R4. A partition that is given back is taken at once: who waits for one is notified. One whose worker died is taken when
//     its lease is over: who waits looks at that very time.
// R5. Workers share by themselves: each counts those that are alive (worker-roll.ts) and claims no more than its share of
//     the partitions (fair-shares.ts). What it has too much when another comes it gives back, one after the other, when
//     its holder has let go of it.

import { UserError } from '../core/user-error.ts';
import { adjustmentOf, type Share } from './fair-shares.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { connectTo, PostgresLine } from './postgres-line.ts';
import { type RollCall, WorkerRoll } from './worker-roll.ts';

/** How many there are when nobody says otherwise. */
export const PARTITIONS = 8;
const LEASE_MS = 10_000;
const LEASE_MIN_MS = 200;
const LEASE_MAX_MS = 3_600_000;
/** The least time between two looks that found nothing. */
const LOOK_MIN_MS = 20;

/** A partition that was claimed, and the epoch to write it under. */
export interface Lease {
  readonly partition: string;
  readonly epoch: number;
}

/** Who runs what was claimed. Must not throw. */
export interface LeaseHolder {
  claimed(lease: Lease): void;
  /** The lease is over: another has the partition, or may take it. */
  lost(lease: Lease): void;
  /** Another worker should have it: whoever runs it is to end, and then to release it. Asked for one at a time. */
  surplus(lease: Lease): void;
}

/** How the workers of one store share its partitions; all of them must say the same number. */
export interface PartitionLeasesOptions {
  readonly address: PostgresAddress;
  /** Who holds them, for people: a name of the worker, unlike that of any other. */
  readonly owner: string;
  readonly holder: LeaseHolder;
  /** Partitions in all, from 1 to 1,000; the same for all workers, for good. Default 8. */
  readonly partitions?: number;
  /** How many to hold at most, from 1, whatever the share is. Default all. */
  readonly partitionsMax?: number;
  /** How long a lease lasts, in milliseconds, from 200 to 3,600,000. Default 10,000. */
  readonly leaseMs?: number;
  /** Told when the database could not be asked; it is asked again. */
  readonly onTrouble: (error: Error) => void;
}

/**
 * Claims partitions and keeps them, until they are released or lost.
 *
 * @throws UserError `bad-option`
 * @example
 * const leases = store.leases({ owner: 'worker-1', holder: { claimed: run, lost: end, surplus: endAndRelease } });
 * await leases.start();
 * …
 * await leases.close(); // what is still held is released
 */
export class PartitionLeases {
  /** Partitions in all. */
  readonly partitions: number;
  readonly #options: PartitionLeasesOptions;
  readonly #partitionsMax: number;
  readonly #leaseMs: number;
  readonly #channel: string;
  readonly #line: PostgresLine;
  readonly #roll: WorkerRoll;
  readonly #held = new Map<string, Lease>();
  /** Its holder was told to let go of it. */
  #surplus: Lease | undefined;
  /** Until then others come first: a partition failed here. */
  #modestUntilMs = 0;
  /** When it was asked last, and the answer. */
  #owners:
    | { readonly askedAtMs: number; readonly byPartition: Promise<ReadonlyMap<string, string>> }
    | undefined;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #isLookDue = false;
  #isClaiming = false;
  #isClosed = false;

  constructor(options: PartitionLeasesOptions) {
    const { address, partitions = PARTITIONS, partitionsMax = partitions, leaseMs = LEASE_MS } = options;
    check('partitions', partitions, 1, 1_000);
    check('partitionsMax', partitionsMax, 1, Number.MAX_SAFE_INTEGER);
    check('leaseMs', leaseMs, LEASE_MIN_MS, LEASE_MAX_MS);
    this.#options = options;
    this.partitions = partitions;
    this.#partitionsMax = partitionsMax;
    this.#leaseMs = leaseMs;
    this.#channel = `sagastorm_${address.schema}`;
    this.#line = new PostgresLine({
      connect: () => connectTo(address),
      prepare: async (client) => {
        client.on('notification', () => this.#lookNow());
        await client.query(`LISTEN "${this.#channel}"`);
      },
      answerMs: leaseMs,
    });
    const { owner: name } = options;
    this.#roll = new WorkerRoll({
      line: this.#line,
      name,
      channel: this.#channel,
      partitions,
      aliveMs: leaseMs,
    });
  }

  /** Those that are held, as far as this worker knows. */
  get held(): readonly Lease[] {
    return [...this.#held.values()];
  }

  /**
   * Makes the partitions, if nobody has, and claims those that are free. From then on it goes on by itself.
   *
   * @throws UserError `partitions-differ`; LineError when the database is away
   */
  async start(): Promise<void> {
    await this.#line.run({ text: MAKE_PARTITIONS, values: [this.partitions] });
    const rows = await this.#line.run<{ count: number }>({ text: COUNT });
    if (rows[0]!.count !== this.partitions) throw otherPartitions(rows[0]!.count, this.partitions);
    this.#isClaiming = true;
    this.#lookNow();
    await this.#look;
  }

  /** Claims no more, from when it resolves, and has no share any more; what is held is renewed as before. */
  async pause(): Promise<void> {
    this.#isClaiming = false;
    await this.#look;
    await this.#roll.leave().catch((error: Error) => this.#options.onTrouble(error)); // it will be over by itself
  }

  /**
   * Gives a partition back, for others to take at once. Its holder must have stopped: what it appends now is fenced. A
   * lease that is not held any more is left alone, and so is a later one of the same partition.
   */
  async release(lease: Lease): Promise<void> {
    const { partition } = lease;
    if (this.#held.get(partition) !== lease) return;
    this.#held.delete(partition);
    try {
      await this.#line.run({ text: RELEASE, values: [partition, lease.epoch, this.#channel] });
    } catch (error) {
      this.#options.onTrouble(error as Error); // it will be free when the lease is over
    }
  }

  /**
   * Lets a partition be until its lease is over. When its holder `failed`, it would only fail again: others come first
   * then.
   */
  abandon(partition: string, { failed }: { readonly failed: boolean }): void {
    this.#held.delete(partition);
    if (failed) this.#modestUntilMs = performance.now() + 2 * this.#leaseMs;
  }

  /**
   * Who holds a partition, or held it up to a third of the lease ago; undefined when nobody does. However often it is
   * asked, the database is not: what it is asked stands in one line with the renewals.
   *
   * @throws LineError
   */
  async ownerOf(partition: string): Promise<string | undefined> {
    const nowMs = performance.now();
    if (this.#owners === undefined || nowMs - this.#owners.askedAtMs > this.#leaseMs / 3) {
      this.#owners = { askedAtMs: nowMs, byPartition: this.#askOwners() };
    }
    return (await this.#owners.byPartition).get(partition);
  }

  async #askOwners(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#line.run<{ name: string; owner: string }>({ text: OWNERS });
    return new Map(rows.map(({ name, owner }) => [name, owner]));
  }

  /** Releases what is still held, and is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.pause();
    await Promise.all(this.held.map((lease) => this.release(lease)));
    await this.#line.close();
  }

  /** Asks the database for nothing more: what is held is free when its lease is over. {@link close} is still to be called. */
  giveUp(): void {
    this.#line.giveUp();
  }

  /** Never two at once: what comes meanwhile brings one more. */
  #lookNow(): void {
    if (this.#isClosed) return;
    if (this.#look !== undefined) {
      this.#isLookDue = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#isLookDue = false;
    this.#look = this.#lookOnce().then((nextMs) => {
      this.#look = undefined;
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => this.#lookNow(), this.#isLookDue ? 0 : nextMs);
    });
  }

  /** R3, R4, R5. @returns when to look again, in milliseconds */
  async #lookOnce(): Promise<number> {
    const tickMs = Math.floor(this.#leaseMs / 3);
    try {
      const call = this.#isClaiming ? await this.#callRoll() : undefined;
      await this.#renew();
      if (call === undefined || !this.#isClaiming) return tickMs;
      const { claims, gives, waits } = adjustmentOf(this.#share(call.others.length === 0), call);
      if (gives) this.#giveOne();
      if (claims > 0 && (await this.#claim(claims)) < claims) return LOOK_MIN_MS; // somebody was faster
      return Math.min(tickMs, call.nextEndMs, waits ? await this.#nextEnd() : tickMs);
    } catch (error) {
      this.#options.onTrouble(error instanceof Error ? error : new Error(String(error)));
      return Math.min(tickMs, 200);
    }
  }

  /** Who cannot be counted keeps what is held. */
  async #callRoll(): Promise<RollCall | undefined> {
    try {
      return await this.#roll.call(this.#most);
    } catch (error) {
      this.#options.onTrouble(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }

  /** How many it would hold, were it for itself. */
  get #most(): number {
    const most = Math.min(this.#partitionsMax, this.partitions);
    return performance.now() < this.#modestUntilMs ? Math.min(most, this.#held.size) : most;
  }

  /** With nobody else there, modesty helps nobody. */
  #share(isAlone: boolean): Share {
    const held = this.#held.size - (this.#isGiving ? 1 : 0);
    const most = isAlone ? Math.min(this.#partitionsMax, this.partitions) : this.#most;
    return { name: this.#options.owner, held, most };
  }

  get #isGiving(): boolean {
    return this.#surplus !== undefined && this.#held.get(this.#surplus.partition) === this.#surplus;
  }

  /** The one that was claimed first: it certainly runs elsewhere, too, which those that failed elsewhere do not. */
  #giveOne(): void {
    if (this.#isGiving) return;
    [this.#surplus] = this.#held.values();
    if (this.#surplus !== undefined) this.#options.holder.surplus(this.#surplus);
  }

  async #renew(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    const names = held.map(({ partition }) => partition);
    const values = [names, held.map(({ epoch }) => epoch), this.#leaseMs];
    const rows = await this.#line.run<{ name: string }>({ name: 'renew', text: RENEW, values });
    const kept = new Set(rows.map(({ name }) => name));
    for (const lease of held) {
      if (kept.has(lease.partition) || this.#held.get(lease.partition) !== lease) continue;
      this.#held.delete(lease.partition);
      this.#options.holder.lost(lease);
    }
  }

  /** @returns how many there were */
  async #claim(atMost: number): Promise<number> {
    const values = [this.#options.owner, this.#leaseMs, atMost];
    const rows = await this.#line.run<{ name: string; epoch: string }>({
      name: 'claim',
      text: CLAIM,
      values,
    });
    for (const { name: partition, epoch } of rows) {
      const lease = { partition, epoch: Number(epoch) };
      this.#held.set(partition, lease);
      this.#options.holder.claimed(lease);
    }
    return rows.length;
  }

  /** When the next lease of another is over. */
  async #nextEnd(): Promise<number> {
    const rows = await this.#line.run<{ ms: number | null }>({
      text: NEXT_END,
      values: [[...this.#held.keys()]],
    });
    return Math.max(LOOK_MIN_MS, rows[0]?.ms ?? LEASE_MAX_MS);
  }
}

/** The partition that a saga belongs to, in whatever worker. */
export function partitionName(number: number): string {
  return `part-${number}`;
}

/** Free from the beginning: `epoch` is a time long ago. */
export const MAKE_PARTITIONS = `
  INSERT INTO partitions (name, epoch, lease_until)
  SELECT 'part-' || i, nextval('epochs'), 'epoch' FROM generate_series(0, $1::integer - 1) AS i
  WHERE NOT EXISTS (SELECT FROM partitions WHERE name ~ '^part-[0-9]+$')
  ON CONFLICT DO NOTHING`;

/** Without a lease, until it is opened again. */
export const OPEN_PARTITION = `
  INSERT INTO partitions AS p (name, epoch) VALUES ($1, nextval('epochs'))
  ON CONFLICT (name) DO UPDATE SET epoch = nextval('epochs'), owner = NULL, lease_until = NULL RETURNING epoch`;

const COUNT = `SELECT count(*)::integer AS count FROM partitions WHERE name ~ '^part-[0-9]+$'`;

/** Locked in one order for all; see also the appends. */
const RENEW = `
  WITH kept AS (
    SELECT p.name FROM partitions p JOIN unnest($1::text[], $2::bigint[]) AS h (name, epoch) USING (name, epoch)
    WHERE p.lease_until > clock_timestamp() ORDER BY p.name FOR NO KEY UPDATE OF p
  )
  UPDATE partitions p SET lease_until = clock_timestamp() + $3::integer * interval '1 ms'
  FROM kept WHERE p.name = kept.name RETURNING p.name`;

/** R2. */
const CLAIM = `
  WITH free AS (
    SELECT name FROM partitions WHERE lease_until <= clock_timestamp()
    ORDER BY lease_until, name LIMIT $3 FOR UPDATE SKIP LOCKED
  )
  UPDATE partitions p
  SET epoch = nextval('epochs'), owner = $1, lease_until = clock_timestamp() + $2::integer * interval '1 ms'
  FROM free WHERE p.name = free.name RETURNING p.name, p.epoch`;

const RELEASE = `
  WITH released AS (
    UPDATE partitions SET owner = NULL, lease_until = 'epoch' WHERE name = $1 AND epoch = $2 RETURNING name
  )
  SELECT pg_notify($3, name) FROM released`;

const NEXT_END = `
  SELECT least(greatest(ceil(extract(epoch FROM min(lease_until) - clock_timestamp()) * 1000), 0), 1e9)::integer AS ms
  FROM partitions WHERE lease_until > clock_timestamp() AND name <> ALL ($1::text[])`;

const OWNERS = 'SELECT name, owner FROM partitions WHERE lease_until > clock_timestamp()';

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new UserError('bad-option', `${name} is ${value}`, `Give a whole number from ${least} to ${most}.`);
}

function otherPartitions(found: number, wanted: number): UserError {
  return new UserError(
    'partitions-differ',
    `the sagas of this database are in ${found} partitions, not in ${wanted}`,
    `Say partitions: ${found}; the number stays what it was when the first worker started.`,
  );
}
