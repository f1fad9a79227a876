// Numbers that sagas share, and the books in which it stands who read and wrote them: what the services of this folder are
// made of. Nothing in here knows of locks or versions.

import { fenced, type Service } from '../../engine/fence/index.ts';
import {
  type Applied,
  type Call,
  type Outcome,
  type Participant,
  type Rejected,
  UserError,
} from '../../engine/index.ts';
import { isolated } from '../../engine/isolation/index.ts';
import { LedgerBook } from '../../participants-mock/index.ts';

export const APPLIED: Applied = Object.freeze({ kind: 'applied' });

/** Refused for good, certainly without effect. */
export function refuse(reason: string): Rejected {
  return { kind: 'rejected', failure: 'business', reason };
}

/** What a call of these services is about. */
export interface Asked {
  readonly record: string;
  readonly amount: number;
}

/** The payload of a call; a scenario that sends another is mistaken. */
export function askedOf<Payload = Asked>({ payload }: Call): Payload {
  return payload as Payload;
}

/** Named numbers. Each change says what it was made from. */
export class Records {
  readonly ledger = new LedgerBook();
  readonly #values = new Map<string, number>();
  readonly #first: number;

  /** @param first what a record holds that nobody has changed yet */
  constructor(first: number) {
    this.#first = first;
  }

  get(record: string): number {
    return this.#values.get(record) ?? this.#first;
  }

  /** Makes a new value from the one that `read` says was there. */
  update(call: Call, record: string, written: number, read = this.get(record)): void {
    this.#values.set(record, written);
    this.ledger.note(call, [{ record, read, written }]);
  }

  /** The same for who decides by what is there: nobody may take that back any more. */
  decide(call: Call, record: string, written: number): void {
    const read = this.get(record);
    this.#values.set(record, written);
    this.ledger.note(call, [
      { record, read },
      { record, read, written },
    ]);
  }

  /** Relies on what is there, and changes nothing. */
  rely(call: Call, record: string): number {
    const read = this.get(record);
    this.ledger.note(call, [{ record, read }]);
    return read;
  }

  /** Adds, whatever is there. */
  add(call: Call, record: string, added: number): void {
    const written = this.get(record) + added;
    this.#values.set(record, written);
    this.ledger.note(call, [{ record, added, written }]);
  }
}

/** A service whose calls each have to do with one record, by the name `record` in the payload. */
export abstract class RecordService implements Service {
  abstract readonly actions: readonly string[];
  readonly values: Records;

  constructor(first = 0) {
    this.values = new Records(first);
  }

  get ledger(): LedgerBook {
    return this.values.ledger;
  }

  records(call: Call): readonly string[] {
    return [askedOf(call).record];
  }

  abstract apply(call: Call): Outcome;
  abstract undo(call: Call, forward: Applied): Outcome;
}

/** The service behind its fence, able to do what countermeasures demand. */
export function guarded(service: Service): Participant {
  return fenced(isolated(service));
}

/** A call that the service has no action for. */
export function strange({ action, direction }: Call): never {
  throw new UserError('unknown-action', `there is no ${direction} action "${action}"`);
}
