// The participant's half of the countermeasures: it does what calls demand (`IsolationDemand`), around a service that knows
// nothing of it. It stands inside the fence, so every demand is met once, and what it refuses for now is asked again.
//
// I1 What a saga has locked, no other changes or reads until the lock is released; a call that meets a lock has no effect.
// I2 An undo meets no lock: it must not wait for a saga that may be waiting for it. Whoever changed a record without a lock
//    has to live with that others lock it afterwards.
// I3 A change gives each of its records a new version, and so does an undo. A call that looks changes nothing.
// I4 Locks, versions and changes are one commit: none is durable without the others.

import { ISOLATION, type IsolationDemand, isRecord } from '../core/countermeasure.ts';
import { LockedBooks } from '../core/locked-books.ts';
import type { Applied, Call, Ledger, Outcome, ParticipantEnv, Rejected } from '../core/protocol.ts';
import type { Service, SettledCall } from '../fence/index.ts';
import { demandOf } from './demand.ts';
import { type SemanticLockHeld, SemanticLocks } from './semantic-locks.ts';

/** The action that does nothing but release semantic locks; every isolated service has it. */
export const RELEASE_LOCKS = 'release-locks';

const RELEASED: Applied = Object.freeze({ kind: 'applied' });
/** What a service has in common that does not say what a call touches. */
const EVERYTHING: readonly string[] = ['everything'];

/**
 * Puts a service under the countermeasures that its sagas ask for. Goes inside the fence: `fenced(isolated(service))`.
 * The service says with `records(call)` which records a call changes or reads; one that does not is locked as a whole.
 *
 * @example
 * participants: () => ({ seats: fenced(isolated(new Seats({ rows: 30 }))) }),
 */
export function isolated(service: Service): IsolatedService {
  return new IsolatedService(service);
}

/** A service with semantic locks and versions: see {@link isolated}. */
export class IsolatedService implements Service {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  /** Those of the service (F5), when it has them. */
  readonly recall?: (saga: string) => readonly SettledCall[];
  readonly keep?: (settled: SettledCall) => void;
  /** What is pending here, for those who look for orphans. */
  readonly locks = new SemanticLocks();
  readonly #service: Service;
  readonly #books: LockedBooks;
  /** By record; 0 for one that was never changed (I3). */
  readonly #versions = new Map<string, number>();

  constructor(service: Service) {
    this.#service = service;
    this.#books = new LockedBooks(service.ledger);
    this.ledger = this.#books;
    this.actions = [...service.actions, RELEASE_LOCKS];
    if (service.recall !== undefined) this.recall = (saga) => service.recall!(saga);
    if (service.keep !== undefined) this.keep = (settled) => service.keep!(settled);
  }

  records(call: Call): readonly string[] {
    return call.action === RELEASE_LOCKS ? [] : (this.#service.records?.(call) ?? EVERYTHING);
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    const demand = demandOf(call);
    if (demand === undefined) return NOT_UNDERSTOOD;
    const records = this.records(call);
    const met = this.locks.heldBy(records, call.saga);
    if (met !== undefined) return refusal(call, met, demand); // I1
    const changed = demand.expects === undefined ? undefined : this.#changedSince(demand.expects, records);
    if (changed !== undefined) return changed;
    const before = this.#books.made;
    const outcome = call.action === RELEASE_LOCKS ? RELEASED : this.#service.apply(call, env);
    if (outcome.kind !== 'applied') return outcome;
    if (this.#books.made > before) this.#bump(records);
    if (demand.lock !== undefined) this.#lock(call, records, env.nowUs);
    this.#release(call, demand);
    return demand.versions === undefined ? outcome : this.#telling(outcome, records);
  }

  undo(call: Call, forward: Applied, env: ParticipantEnv): Outcome {
    const demand = demandOf(call);
    if (demand === undefined) return NOT_UNDERSTOOD;
    const outcome = this.#service.undo(call, forward, env); // I2
    if (outcome.kind !== 'applied') return outcome;
    this.#bump(this.records(call));
    this.#release(call, demand);
    return outcome;
  }

  restart(): void {
    this.#service.restart?.();
  }

  #changedSince(expects: Readonly<Record<string, number>>, records: readonly string[]): Rejected | undefined {
    for (const record of records) {
      const [expected, version] = [expects[record], this.#versions.get(record) ?? 0];
      if (expected === version) continue;
      const how = expected === undefined ? 'was not read before' : 'has changed since it was read';
      return { kind: 'rejected', failure: 'business', reason: `${record} ${how}` };
    }
    return undefined;
  }

  #bump(records: readonly string[]): void {
    for (const record of records) this.#versions.set(record, (this.#versions.get(record) ?? 0) + 1);
  }

  #lock(call: Call, records: readonly string[], nowUs: number): void {
    this.locks.take(call, records, nowUs);
    this.#books.locked(call, { is: 'taken', by: [call.step], records });
  }

  #release(call: Call, { releases = [] }: IsolationDemand): void {
    if (releases.length === 0 && call.action !== RELEASE_LOCKS) return; // who was asked for nothing else has an entry
    const { saga, round } = call;
    const records = releases.flatMap((step) => this.locks.release({ saga, step, round }));
    this.#books.locked(call, { is: 'released', by: releases, records });
  }

  #telling({ result }: Applied, records: readonly string[]): Applied {
    const versions = Object.fromEntries(records.map((record) => [record, this.#versions.get(record) ?? 0]));
    const told = isRecord(result) ? result : result === undefined ? {} : { value: result };
    return { kind: 'applied', result: { ...told, [ISOLATION]: { versions } } };
  }
}

const NOT_UNDERSTOOD: Rejected = Object.freeze({
  kind: 'rejected',
  failure: 'invalid_request',
  reason: 'what it demands of isolation is not understood',
});

/** Waiting is asking again later: nobody waits in here. */
function refusal(
  { saga }: Call,
  { record, saga: heldBy }: SemanticLockHeld,
  { lock }: IsolationDemand,
): Rejected {
  const waits = lock === undefined || lock === 'wait' || (lock === 'wait-die' && saga < heldBy);
  const failure = waits ? 'transient' : 'business';
  return { kind: 'rejected', failure, reason: `${record} is pending for ${heldBy}`, heldBy };
}
