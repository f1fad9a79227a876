// What a host must provide: a store, a transport and a clock. Types only. The answers of all three are inputs
// of the orchestrator, so the same machine runs on real and on simulated ones.

import type { AppendOutput, LoadOutput, OrchestratorInput } from './orchestrator-messages.ts';
import type { Call } from './protocol.ts';
import type { StoredEvent } from './saga-event.ts';

export type { StoredEvent } from './saga-event.ts';

/** Receives answers. A host's process implements it once; answers come at any later time, or never. */
export interface InputSink {
  input(input: OrchestratorInput): void;
}

/** A durable log of events, one stream per saga, with optimistic versions and fencing by epoch (E10). */
export interface Store {
  /**
   * Appends all events of `append` or none, if the saga's version is `append.expectedVersion` and no later
   * epoch has been opened. Answers `appended`, `append-failed`, `append-unknown`, `append-conflict` or `append-fenced`;
   * `append-elsewhere` where several partitions share it and the saga is of another.
   * A store from which ended sagas can be removed says `append-gone` where it has nothing of a saga whose version is
   * expected to be above 0, unless the append is fenced: that is no stale read, and settles what no reading could.
   */
  append(append: AppendOutput, answers: InputSink): void;
  /** Answers `loaded` with the saga's events and the number of the load, or `load-failed`. */
  load(load: LoadOutput, answers: InputSink): void;
  /** Opens a partition for a new writer: a higher epoch than any before, which fences the earlier ones. */
  open(partition: string, answers: EpochSink): void;
}

/** Receives the answer of {@link Store.open}: the new epoch, and every saga that has not ended. */
export interface EpochSink {
  opened(epoch: number, open: readonly (readonly StoredEvent[])[]): void;
  /** It was not opened, and will not be; instead of `opened`. Left out by who is never told, or can do nothing. */
  openFailed?(error: Error): void;
}

/** Carries calls to participants; the outcome comes back as a `reply` input, at most once or more often. */
export interface Transport {
  send(call: Call, answers: InputSink): void;
}

/** Wakes a saga. `wake` inputs may come late or early; the machine looks at what is due. */
export interface Clock {
  nowUs(): number;
  /** Replaces an earlier wake of the same saga. */
  wake(saga: string, atUs: number, answers: InputSink): void;
  cancel(saga: string): void;
}
