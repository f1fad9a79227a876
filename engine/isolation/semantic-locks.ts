// Which saga has a record pending. A semantic lock is data of the service, as an order's status APPROVAL_PENDING is: it is
// written with the change that it protects, outlives every process, and is told to whoever comes (Garcia-Molina and
// Salem, "Sagas", 1987, section 8; Richardson, 2018, section 4.3).
//
// K1 A record has one owner at most; another step of the same saga may lock it as well.
// K2 Only the owner releases a lock, or a person who has made sure that the owner has ended. It never runs out by itself:
//    whose lock ran out would be undone under the feet of the next.

/** A lock, for those who look at what is pending. */
export interface SemanticLockHeld {
  readonly record: string;
  readonly saga: string;
  readonly step: string;
  readonly round: number;
  /** When it was taken, in microseconds by the participant's clock. */
  readonly sinceUs: number;
}

/** Who asks for a lock, or gives it back. */
export type LockOwner = Pick<SemanticLockHeld, 'saga' | 'step' | 'round'>;

/**
 * The semantic locks of one service. What it knows must be as durable as the changes that it protects.
 *
 * @example
 * const locks = new SemanticLocks();
 * locks.take({ saga: 's-1', step: 'reserve', round: 0 }, ['customer-7'], nowUs);
 * locks.heldBy(['customer-7'], 's-2'); // { record: 'customer-7', saga: 's-1', … }
 */
export class SemanticLocks {
  /** By record; all of one saga. */
  readonly #held = new Map<string, readonly SemanticLockHeld[]>();
  /** The records that a saga has locked, so that its end costs no more when there are many. */
  readonly #recordsOf = new Map<string, Set<string>>();

  /** How many records are locked. */
  get size(): number {
    return this.#held.size;
  }

  /** Oldest first. */
  list(): readonly SemanticLockHeld[] {
    return [...this.#held.values()].flat().sort((a, b) => a.sinceUs - b.sinceUs);
  }

  /** The first of these records that another saga than this one has locked, and which. */
  heldBy(records: readonly string[], saga: string): SemanticLockHeld | undefined {
    for (const record of records) {
      const lock = this.#held.get(record)?.[0];
      if (lock !== undefined && lock.saga !== saga) return lock;
    }
    return undefined;
  }

  /** Locks these records, none of which another saga has locked (K1). */
  take({ saga, step, round }: LockOwner, records: readonly string[], sinceUs: number): void {
    for (const record of records) {
      const before = this.#held.get(record) ?? [];
      this.#held.set(record, [...before, { record, saga, step, round, sinceUs }]);
      const known = this.#recordsOf.get(saga);
      if (known === undefined) this.#recordsOf.set(saga, new Set([record]));
      else known.add(record);
    }
  }

  /** Ends the locks of one step; the records that they were on, none where it holds none. */
  release({ saga, step, round }: LockOwner): readonly string[] {
    return this.#drop(saga, (lock) => lock.step === step && lock.round === round);
  }

  /** Ends all locks of a saga that is known to have ended: a person's last resort (K2). The records that they were on. */
  breakLocksOf(saga: string): readonly string[] {
    return this.#drop(saga, () => true);
  }

  /**
   * The locks whose owners are over: nobody will release them. Whoever finds one has found a bug, or a saga that waits for
   * a person.
   *
   * @param hasEnded what the engine knows of the saga, such as `GET /api/sagas/{id}`
   * @param olderThanUs only locks taken before this time, by the participant's clock: a saga that was asked about may have
   * ended a moment ago, with its release on the way
   */
  orphans(hasEnded: (saga: string) => boolean, olderThanUs: number): readonly SemanticLockHeld[] {
    return this.list().filter(({ saga, sinceUs }) => sinceUs < olderThanUs && hasEnded(saga));
  }

  #drop(saga: string, isOver: (lock: SemanticLockHeld) => boolean): readonly string[] {
    const records = this.#recordsOf.get(saga);
    const freed: string[] = [];
    for (const record of records ?? []) {
      const locks = this.#held.get(record)!;
      const kept = locks.filter((lock) => !isOver(lock));
      if (kept.length === locks.length) continue;
      freed.push(record);
      if (kept.length > 0) {
        this.#held.set(record, kept);
        continue;
      }
      this.#held.delete(record);
      records?.delete(record);
    }
    if (records?.size === 0) this.#recordsOf.delete(saga);
    return freed;
  }
}
