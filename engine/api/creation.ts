// Beginning a saga at the wish of somebody who may ask twice.
//
// I1. A key always means the same saga: its id is a hash of the key (engine/live/keyed-saga.ts). So whoever asks again, here or at another process,
//     after a crash or at the same time, asks for the same saga, and there is one.
// I2. The same key with another body is refused, whoever came first: what counts is the first event of the durable log.
// I3. Within a process those with the same key are served one after another, so that only the first is told `created`.

import type { StoredEvent } from '../core/ports.ts';
import type { SagaEvent } from '../core/saga-event.ts';
import { type KeyScope, type SagaCatalogue, sagaOfKey } from '../live/index.ts';
import { bad, Problem } from './problem.ts';

export type SagaCreated = Extract<SagaEvent, { readonly kind: 'saga-created' }>;

/** What is to be begun. */
export interface Creation {
  /** Keys of different kinds of requests do not meet. */
  readonly scope: KeyScope;
  /** From the header; undefined: a new saga each time. */
  readonly key: string | undefined;
  /** Asks the engine; with an id when there is a key. */
  begin(options: { readonly id?: string }): Promise<string>;
  /** Whether a saga that exists is the one that is asked for. */
  isSame(created: SagaCreated): boolean;
}

export interface Created {
  readonly id: string;
  readonly isNew: boolean;
}

export class Creations {
  readonly #catalogue: SagaCatalogue;
  /** The last of those that ask for a saga. I3. */
  readonly #asking = new Map<string, Promise<unknown>>();

  constructor(catalogue: SagaCatalogue) {
    this.#catalogue = catalogue;
  }

  /** @throws Problem 400 `bad-key`, 422 `idempotency-key-reused`; what the engine throws */
  async create(creation: Creation): Promise<Created> {
    const { scope, key } = creation;
    if (key === undefined) return { id: await creation.begin({}), isNew: true };
    const id = sagaOfKey(checkedKey(key), scope);
    const before = this.#asking.get(id) ?? Promise.resolve();
    const turn = before.then(() => this.#once(id, creation));
    const settled = turn.catch(() => undefined);
    this.#asking.set(id, settled);
    try {
      return await turn;
    } finally {
      if (this.#asking.get(id) === settled) this.#asking.delete(id);
    }
  }

  async #once(id: string, creation: Creation): Promise<Created> {
    const known = await this.#catalogue.logOf(id);
    if (known.length > 0) {
      checkSame(known, creation);
      return { id, isNew: false };
    }
    await creation.begin({ id });
    checkSame(await this.#catalogue.logOf(id), creation); // I2: another process may have been first
    return { id, isNew: true };
  }
}

/** @throws Problem 400 `bad-key` */
export function checkedKey(key: string): string {
  if (/^[!-~]{1,200}$/.test(key)) return key;
  const hint = 'Use a UUID, for example.';
  throw bad('Idempotency-Key is not 1 to 200 visible ASCII characters', hint, 'bad-key');
}

/** I2. */
function checkSame([first]: readonly StoredEvent[], creation: Creation): void {
  if (first?.event.kind === 'saga-created' && creation.isSame(first.event)) return;
  throw new Problem({
    status: 422,
    code: 'idempotency-key-reused',
    detail: 'this Idempotency-Key was used for another request',
    hint: 'Use a new key for a new request, and the same body with the same key.',
  });
}
