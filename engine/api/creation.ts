// Beginning a saga at the wish of somebody who may ask twice.
//
// I1. A key always means the same saga: its id is a hash of the key. So whoever asks again, here or at another process,
//     after a crash or at the same time, asks for the same saga, and there is one.
// I2. The same key with another body is refused, whoever came first: what counts is the first event of the durable log.
// I3. Within a process those with the same key are served one after another, so that only the first is told `created`.

import { createHash } from 'node:crypto';
import type { StoredEvent } from '../core/ports.ts';
import type { SagaEvent } from '../core/saga-event.ts';
import type { SagaCatalogue } from '../live/index.ts';
import { bad, Problem } from './problem.ts';

export type SagaCreated = Extract<SagaEvent, { readonly kind: 'saga-created' }>;

/** What is to be begun. */
export interface Creation {
  /** Keys of different kinds of requests do not meet. */
  readonly scope: string;
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
    const id = idOfKey(scope, key);
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

/**
 * The id of the saga that a key means: a UUID of version 8, from the first half of a SHA-256. I1.
 *
 * @throws Problem 400 `bad-key`
 */
export function idOfKey(scope: string, key: string): string {
  if (!/^[!-~]{1,200}$/.test(key)) {
    throw bad(
      'Idempotency-Key is not 1 to 200 visible ASCII characters',
      'Use a UUID, for example.',
      'bad-key',
    );
  }
  const bytes = createHash('sha256').update(`${scope}\n${key}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
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
