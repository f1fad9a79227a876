// A participant of two-phase commit: it does what it is asked while it holds locks, says that it is prepared, and keeps the
// locks until it hears the decision, however long that takes.
//
// R1 What a transaction touches is locked before it is changed and until it is committed or rolled back (strict two-phase
//    locking). Nobody waits in here: who meets a lock of another is refused for now, and asks again.
// R2 Prepared is durable, and so are the locks: a restart changes nothing. A prepared participant decides nothing by itself.
// R3 Once decided, a late copy of a prepare takes no lock. The fence of the participant itself sees to the effects.

import { LockedBooks } from '../core/locked-books.ts';
import type { Call, Ledger, Outcome, Participant, ParticipantEnv, Rejected } from '../core/protocol.ts';

const PREPARE = 'prepare:';
const ROLLBACK_PREPARED = 'rollback-prepared:';
/** The action that tells a participant that the transaction is committed. Payload `{ prepared }`: the step. */
export const COMMIT_PREPARED = 'commit-prepared';

/** The action that prepares `action`. */
export function prepareOf(action: string): string {
  return PREPARE + action;
}

/** The action that rolls back what was prepared; `compensation` undoes it. */
export function rollbackOf(compensation: string): string {
  return ROLLBACK_PREPARED + compensation;
}

const COMMITTED: Outcome = Object.freeze({ kind: 'applied' });
/** What a participant locks that does not say what it touches. */
const EVERYTHING: readonly string[] = ['everything'];

/** A record, and the transaction that has it locked. */
export interface Held {
  readonly record: string;
  readonly holder: string;
}

/** What one step of a transaction holds. */
interface Prepared {
  readonly step: string;
  readonly round: number;
  readonly locks: readonly string[];
  decided: boolean;
}

/**
 * Puts a participant under two-phase commit: the actions of its sagas stay, and each can be prepared, rolled back and
 * committed as well.
 *
 * @example
 * const bank = new ResourceManager(bankOfSagas({ accounts: 100, openingBalance: 1_000_00 }));
 * bank.handle(call, env); // action 'prepare:debit': the money has left the account, which is locked
 */
export class ResourceManager implements Participant {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  readonly inner: Participant;
  readonly #books: LockedBooks;
  /** Who holds a record. */
  readonly #holders = new Map<string, string>();
  /** By transaction. Durable, as what the participant's fence remembers is (R2). */
  readonly #prepared = new Map<string, Prepared[]>();

  constructor(participant: Participant) {
    const { actions } = participant;
    this.inner = participant;
    this.#books = new LockedBooks(participant.ledger);
    this.ledger = this.#books;
    this.actions = [...actions, ...actions.map(prepareOf), ...actions.map(rollbackOf), COMMIT_PREPARED];
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    const { action } = call;
    const met = this.heldBy(call);
    if (met !== undefined) return locked(met);
    if (action === COMMIT_PREPARED) return this.#commit(call);
    if (action.startsWith(PREPARE)) return this.#prepare(call, inner(call, PREPARE), env);
    if (action.startsWith(ROLLBACK_PREPARED)) return this.#rollBack(inner(call, ROLLBACK_PREPARED), env);
    return this.inner.handle(call, env);
  }

  /**
   * The records that must be free before `call` can be handled: none for a decision, for what is prepared already (R3), and
   * of those that its own transaction has locked.
   */
  wants(call: Call): readonly string[] {
    const { saga, step, round, action } = call;
    if (action === COMMIT_PREPARED || action.startsWith(ROLLBACK_PREPARED)) return [];
    if (!action.startsWith(PREPARE)) return this.#lacking(saga, call);
    return this.#find(saga, step, round) === undefined ? this.#lacking(saga, inner(call, PREPARE)) : [];
  }

  /** What keeps `call` from being handled now: a record that it wants, and the transaction that has it locked. */
  heldBy(call: Call): Held | undefined {
    for (const record of this.wants(call)) {
      const holder = this.#holders.get(record);
      if (holder !== undefined) return { record, holder };
    }
    return undefined;
  }

  restart(): void {
    this.inner.restart?.();
  }

  forget(saga: string): void {
    this.#prepared.delete(saga);
    this.inner.forget?.(saga);
  }

  #prepare(call: Call, work: Call, env: ParticipantEnv): Outcome {
    if (this.#find(call.saga, call.step, call.round) !== undefined) return this.inner.handle(work, env); // R3
    const { saga, step, round } = call;
    const locks = this.#recordsOf(work);
    for (const record of locks) this.#holders.set(record, saga);
    let outcome: Outcome | undefined;
    try {
      outcome = this.inner.handle(work, env);
    } finally {
      if (outcome?.kind !== 'applied') this.#free(saga, locks); // also where it threw: there is no effect to keep
    }
    if (outcome.kind !== 'applied') return outcome;
    this.#transaction(saga).push({ step, round, locks, decided: false });
    this.#books.locked(call, { is: 'taken', by: [step], records: locks });
    return outcome;
  }

  #rollBack(undo: Call, env: ParticipantEnv): Outcome {
    const outcome = this.inner.handle(undo, env);
    if (outcome.kind === 'applied') this.#release(undo, undo.step);
    return outcome;
  }

  #commit(call: Call): Outcome {
    const { prepared } = (call.payload ?? {}) as { readonly prepared?: unknown };
    const step = typeof prepared === 'string' ? prepared : '';
    if (this.#find(call.saga, step, call.round) === undefined) {
      const reason = `nothing is prepared for step ${JSON.stringify(prepared)}`;
      return { kind: 'rejected', failure: 'invalid_request', reason };
    }
    this.#release(call, step);
    return COMMITTED;
  }

  /** The decision is known: nothing is locked for the step any more. */
  #release(call: Call, step: string): void {
    const prepared = this.#find(call.saga, step, call.round);
    if (prepared === undefined || prepared.decided) return;
    prepared.decided = true;
    this.#free(call.saga, prepared.locks);
    this.#books.locked(call, { is: 'released', by: [step], records: prepared.locks });
  }

  /** Another step of the transaction may be prepared on the same record. */
  #free(saga: string, records: readonly string[]): void {
    const kept = (this.#prepared.get(saga) ?? []).flatMap(({ decided, locks }) => (decided ? [] : locks));
    for (const record of records) if (!kept.includes(record)) this.#holders.delete(record);
  }

  #lacking(saga: string, call: Call): readonly string[] {
    return this.#recordsOf(call).filter((record) => this.#holders.get(record) !== saga);
  }

  #recordsOf(call: Call): readonly string[] {
    return this.inner.records?.(call) ?? EVERYTHING;
  }

  #transaction(saga: string): Prepared[] {
    const known = this.#prepared.get(saga);
    if (known !== undefined) return known;
    const fresh: Prepared[] = [];
    this.#prepared.set(saga, fresh);
    return fresh;
  }

  #find(saga: string, step: string, round: number): Prepared | undefined {
    return this.#prepared.get(saga)?.find((one) => one.step === step && one.round === round);
  }
}

/** The refusal of a call that would change what another transaction has locked (R1), whoever sends it. */
export function locked({ record, holder }: Held): Rejected {
  return { kind: 'rejected', failure: 'transient', reason: `${record} is locked by ${holder}` };
}

/** The call that the participant itself understands. */
function inner(call: Call, prefix: string): Call {
  return { ...call, action: call.action.slice(prefix.length) };
}
