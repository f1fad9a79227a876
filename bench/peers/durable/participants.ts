// The participants of the durable saga: in the same process, without failures, counted. Every saga must have had exactly
// three effects, one of each kind.

export type Action = 'reserve' | 'debit' | 'credit';

export interface SagaInput {
  readonly item: number;
  readonly amount: number;
}

export const inputOf = (saga: number): SagaInput => ({ item: saga % 100, amount: 1 + (saga % 50) });

const ACTIONS: readonly Action[] = ['reserve', 'debit', 'credit'];

class Participants {
  readonly #effects = { reserve: 0, debit: 0, credit: 0 };

  async call(
    action: Action,
    input: SagaInput,
  ): Promise<{ readonly action: Action; readonly input: SagaInput }> {
    this.count(action);
    return { action, input };
  }

  count(action: Action): void {
    this.#effects[action]++;
  }

  forget(): void {
    for (const action of ACTIONS) this.#effects[action] = 0;
  }

  /** @throws Error when a step was left out or done twice. */
  check(sagas: number): void {
    for (const action of ACTIONS)
      if (this.#effects[action] !== sagas)
        throw new Error(`${this.#effects[action]} times ${action} in ${sagas} sagas`);
  }
}

/** Those of this process. */
export const participants = new Participants();
