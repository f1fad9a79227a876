// What whoever serves people needs of a live engine: a host, or a worker that shares its partitions with others.

import type { SagaDefinition } from '../core/define-saga.ts';
import type { StoredEvent } from '../core/ports.ts';
import type { RepairAct } from '../core/repair-act.ts';
import type { SagaState } from '../core/saga-state.ts';

/** What became of a person's act. `done`: it is durable. `done-before`: an act of this id was. */
export type RepairAnswer =
  | { readonly kind: 'done' | 'done-before' }
  /** It does not apply; `reason` is the end of a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** See `Host` for what each of these does and throws; a worker throws `elsewhere` for sagas that are not its own. */
export interface LiveEngine {
  /** Sagas in memory. */
  readonly size: number;
  /** Calls on the wire. */
  readonly callsInFlight: number;
  create<Given>(
    definition: SagaDefinition<Given>,
    input: NoInfer<Given>,
    options?: { readonly id?: string },
  ): Promise<string>;
  createFromJson(body: unknown, options?: { readonly id?: string }): Promise<string>;
  cancel(id: string): Promise<void>;
  retry(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  repair(id: string, act: RepairAct): Promise<RepairAnswer>;
  /** The state that a log folds to; undefined for an empty one. @throws UserError `unknown-definition` */
  fold(log: readonly StoredEvent[]): SagaState | undefined;
}
