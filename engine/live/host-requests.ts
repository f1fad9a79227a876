// Who waits for what at a live host: answers to wishes, ends of sagas, logs. The only promises of the live engine: one
// for each thing that somebody outside asked for, none for an event.

import type { OrchestratorOutput } from '../core/orchestrator.ts';
import type { Store, StoredEvent } from '../core/ports.ts';
import { isAtRest, type SagaState } from '../core/saga-state.ts';
import { UserError } from '../core/user-error.ts';
import type { DefinitionShelf } from './definition-shelf.ts';
import type { RepairAnswer } from './live-engine.ts';
import { STORE_FAILED } from './unreachable.ts';

interface Waiting<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
}

export class HostRequests {
  readonly #definitions: DefinitionShelf;
  readonly #store: Store;
  readonly #wishes = new Map<string, Waiting<string>>();
  readonly #repairs = new Map<string, Waiting<RepairAnswer>>();
  readonly #ends = new Map<string, Waiting<SagaState>[]>();
  readonly #loads = new Set<Waiting<readonly StoredEvent[]>>();
  #count = 0;

  constructor(definitions: DefinitionShelf, store: Store) {
    this.#definitions = definitions;
    this.#store = store;
  }

  /** Resolves with the saga's id when the request that `send` sends is accepted. */
  ask(saga: string, send: (request: string) => void): Promise<string> {
    const request = `${++this.#count}`;
    return new Promise((resolve, reject) => {
      this.#wishes.set(request, { resolve: () => resolve(saga), reject });
      send(request);
    });
  }

  /** Resolves with what became of the act that `send` sends: also when it does not apply. */
  repair(send: (request: string) => void): Promise<RepairAnswer> {
    const request = `${++this.#count}`;
    return new Promise((resolve, reject) => {
      this.#repairs.set(request, { resolve, reject });
      send(request);
    });
  }

  answered({ saga, request, answer, reason }: Extract<OrchestratorOutput, { kind: 'answer' }>): void {
    const repair = this.#repairs.get(request);
    this.#repairs.delete(request);
    if (answer === 'refused') repair?.resolve({ kind: answer, reason: reason ?? answer });
    else if (answer !== 'overloaded') repair?.resolve({ kind: answer === 'accepted' ? 'done' : answer });
    const wish = this.#wishes.get(request);
    this.#wishes.delete(request);
    if (answer === 'accepted') return wish?.resolve(saga);
    const hint =
      answer === 'overloaded' ? 'Ask again later.' : 'Look at its state, or mend what was asked for.';
    wish?.reject(new UserError(answer, `saga ${saga}: ${reason ?? answer}`, hint));
  }

  /** Resolves when the host says that the saga ended, or its log does, which is not read when it `isOpen` there. */
  whenEnded(saga: string, isOpen: boolean): Promise<SagaState> {
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      const others = this.#ends.get(saga);
      if (others === undefined) this.#ends.set(saga, [waiting]);
      else others.push(waiting);
      if (!isOpen) this.#lookUp(saga, reject);
    });
  }

  /** The saga may have been let go of without an end: who still waits for it gets what is in the log, if there is one. */
  gone(saga: string): void {
    if (this.#ends.has(saga)) this.#lookUp(saga, (error) => this.#fail(saga, error));
  }

  /** It may have ended long ago, or never begun. */
  #lookUp(saga: string, failed: (error: Error) => void): void {
    this.state(saga).then((state) => {
      if (state === undefined) this.#fail(saga, unknownSaga(saga));
      else if (isAtRest(state.status)) this.ended(saga, state);
    }, failed);
  }

  ended(saga: string, state: SagaState): void {
    const waiting = this.#ends.get(saga);
    if (waiting === undefined) return;
    this.#ends.delete(saga);
    for (const { resolve } of waiting) resolve(state);
  }

  #fail(saga: string, error: Error): void {
    for (const { reject } of this.#ends.get(saga) ?? []) reject(error);
    this.#ends.delete(saga);
  }

  async state(saga: string): Promise<SagaState | undefined> {
    return this.#definitions.fold(await this.log(saga));
  }

  log(saga: string): Promise<readonly StoredEvent[]> {
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      this.#loads.add(waiting);
      this.#store.load(
        { kind: 'load', saga, number: 0 },
        {
          input: (answer) => {
            this.#loads.delete(waiting);
            if (answer.kind === 'loaded') return resolve(answer.events);
            reject(new UserError(STORE_FAILED, `the log of saga ${saga} could not be read`, 'Try again.'));
          },
        },
      );
    });
  }

  /** Nobody is answered any more. */
  end(error: Error): void {
    const ends = [...this.#ends.values()].flat();
    for (const { reject } of [...this.#wishes.values(), ...this.#repairs.values(), ...ends, ...this.#loads])
      reject(error);
    this.#wishes.clear();
    this.#repairs.clear();
    this.#ends.clear();
    this.#loads.clear();
  }
}

function unknownSaga(saga: string): UserError {
  return new UserError(
    'unknown-saga',
    `there is no saga ${saga}`,
    'Look at its id; it may have been retired.',
  );
}
