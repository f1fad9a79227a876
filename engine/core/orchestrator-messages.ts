// What goes into an orchestrator and what comes out of it. All of it is data: a host can record it and play it back.

import type { SagaDefinition } from './define-saga.ts';
import type { DefinitionBookOptions } from './definition-book.ts';
import type { CircuitChange } from './policy.ts';
import type { Call, Outcome } from './protocol.ts';
import type { RepairAct } from './repair-act.ts';
import type { Batch, SagaStatus, StoredEvent } from './saga-event.ts';
import type { SagaState } from './saga-state.ts';

/** A person's or client's wish. `request` comes back in the answer. */
export type Command =
  | {
      readonly kind: 'create';
      readonly saga: string;
      readonly definition: SagaDefinition;
      readonly input: unknown;
      readonly request?: string;
    }
  | {
      readonly kind: 'cancel' | 'retry' | 'resume';
      readonly saga: string;
      readonly request?: string;
    }
  | {
      readonly kind: 'repair';
      readonly saga: string;
      /** Checked, see `checkAct`. */
      readonly act: RepairAct;
      readonly request?: string;
    };

/** What the store says of an append or of a load. */
export type StoreAnswer =
  | {
      /**
       * `append-gone`: the log that it continues was there and is not any more; somebody removed the saga. `append-elsewhere`:
       * the saga is of another partition, and this writer is right in its own.
       */
      readonly kind:
        | 'appended'
        | 'append-failed'
        | 'append-unknown'
        | 'append-conflict'
        | 'append-fenced'
        | 'append-gone'
        | 'append-elsewhere';
      /** What was asked for, or a copy of it. */
      readonly append: AppendOutput;
    }
  | {
      readonly kind: 'loaded';
      readonly saga: string;
      /** Of the `load` that is answered. */
      readonly number: number;
      readonly events: readonly StoredEvent[];
      /** That the saga is of, where several share the store. */
      readonly partition?: string | undefined;
    }
  | { readonly kind: 'load-failed'; readonly saga: string; readonly number: number };

/** All that an orchestrator is ever told: by clients, by its store, by services and by its clock. */
export type OrchestratorInput =
  | Command
  | StoreAnswer
  | { readonly kind: 'reply'; readonly call: Call; readonly outcome: Outcome }
  | { readonly kind: 'wake'; readonly saga: string }
  | { readonly kind: 'recovered'; readonly sagas: readonly (readonly StoredEvent[])[] };

/** Append all these events or none, if the saga stands at `expectedVersion` and no later epoch was opened. */
export interface AppendOutput extends Batch {
  readonly kind: 'append';
  /** Counts the appends of one process. Asked for again, it is the same. */
  readonly number: number;
}

/** Read the whole log of a saga. */
export interface LoadOutput {
  readonly kind: 'load';
  readonly saga: string;
  /** Counts the loads of one process; the answer carries it. */
  readonly number: number;
}

/**
 * What a client is told of its wish: `overloaded` means that nothing was written, and asking again is right.
 * `done-before`: a repair of the same id stands in the log.
 */
export type Answer = 'accepted' | 'done-before' | 'refused' | 'overloaded';

/** All that an orchestrator ever asks its host to do; the order of a batch is the order in which to do it (E1). */
export type OrchestratorOutput =
  | AppendOutput
  | Call
  | LoadOutput
  | { readonly kind: 'wake'; readonly saga: string; readonly atUs: number }
  /**
   * The saga ended, or waits for a person; the orchestrator has forgotten it, and any wake may be dropped. It comes
   * again, with the same status, whenever such a saga was loaded in vain: for a second `create`, or a refused wish.
   */
  | { readonly kind: 'ended'; readonly saga: string; readonly status: SagaStatus; readonly state: SagaState }
  | {
      readonly kind: 'answer';
      readonly saga: string;
      readonly request: string;
      /** `overloaded`: nothing is wrong with it, this process has no place for it now; to be asked again later. */
      readonly answer: Answer;
      /** Why it was not accepted. */
      readonly reason: string | undefined;
    }
  /** The circuit of a service changed: for people and meters, nothing is to be done. */
  | ({ readonly kind: 'circuit' } & CircuitChange)
  /** This writer was fenced: it must stop, and may be replaced. */
  | { readonly kind: 'halt'; readonly saga: string };

/** What one life of an orchestrator is made with: its definitions, its policy and the epoch that it writes under. */
export interface OrchestratorOptions extends DefinitionBookOptions {
  /** Given by the store when the partition was opened (E10). */
  readonly epoch: number;
  /** The partition; left out: the store has one. */
  readonly partition?: string;
}
