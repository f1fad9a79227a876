// Sagas as they stand in the catalogue, read for one request.

import type { StoredEvent } from '../core/ports.ts';
import type { SagaState } from '../core/saga-state.ts';
import { UserError } from '../core/user-error.ts';
import type { LiveEngine, SagaCatalogue } from '../live/index.ts';
import { Problem } from './problem.ts';

export interface ReadSaga {
  /** At least one event. */
  readonly log: readonly StoredEvent[];
  readonly state: SagaState;
}

export class SagaReader {
  readonly #engine: LiveEngine;
  readonly #catalogue: SagaCatalogue;

  constructor(engine: LiveEngine, catalogue: SagaCatalogue) {
    this.#engine = engine;
    this.#catalogue = catalogue;
  }

  /** @throws Problem 404 `unknown-saga`; UserError `store-failed` */
  async log(id: string): Promise<readonly StoredEvent[]> {
    const log = await this.#catalogue.logOf(id);
    if (log.length === 0) throw unknownSaga();
    return log;
  }

  /** @throws Problem 404 `unknown-saga`, 409 when its definition is not known here; UserError `store-failed` */
  async read(id: string): Promise<ReadSaga> {
    const log = await this.log(id);
    return { log, state: this.#fold(log) };
  }

  #fold(log: readonly StoredEvent[]): SagaState {
    try {
      return this.#engine.fold(log)!;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { code, message, hint } = error;
      throw new Problem({ status: 409, code, detail: message, hint });
    }
  }
}

export function unknownSaga(): Problem {
  const detail = 'there is no such saga';
  return new Problem({
    status: 404,
    code: 'unknown-saga',
    detail,
    hint: 'Look at its id; it may have been deleted.',
  });
}
