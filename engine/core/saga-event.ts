// What happened to a saga: the words of its log. Stored as they stand, so additions only.

import type { Direction, FailureClass } from './protocol.ts';

/**
 * Where a saga stands. `completed`, `compensated`, `failed` and `resolved` are ends; `compensation_failed` waits for a
 * person. `resolved`: a person took over what the engine could not settle, so that it claims neither of the others.
 */
export type SagaStatus =
  | 'created'
  | 'running'
  | 'compensating'
  | 'completed'
  | 'compensated'
  | 'failed'
  | 'compensation_failed'
  | 'resolved';

/**
 * Where a step stands, as far as its log says. `unknown` gave up in doubt and is undone as if it were applied (E2).
 * `skipped`: a person took its operation over, and nobody but that person knows what became of it.
 */
export type StepStatus =
  | 'pending'
  | 'running'
  | 'retrying'
  | 'applied'
  | 'rejected'
  | 'unknown'
  | 'compensating'
  | 'compensated'
  | 'compensation_failed'
  | 'skipped';

/** Why forward work ended early. */
export type StopReason =
  | {
      readonly kind: 'step-failed';
      readonly step: string;
      readonly failure: FailureClass;
      readonly reason: string;
    }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'cancelled' };

/** A person's act as the event that does it carries it: which one, by whom, and why. */
export interface ActRecord {
  /** Unique within the saga: asked for again, the act is not done again. */
  readonly id: string;
  readonly by: string;
  readonly why?: string;
}

/** What happened to a saga. Stored as it stands; additions only. `step` is the step's name. */
export type SagaEvent =
  | {
      readonly kind: 'saga-created';
      readonly definition: string;
      readonly definitionVersion: number;
      readonly input: unknown;
      readonly deadlineAtUs?: number;
      /** The definition itself, as JSON, when the saga brought it along. */
      readonly source?: unknown;
    }
  | { readonly kind: 'step-requested'; readonly step: string }
  | { readonly kind: 'step-applied'; readonly step: string; readonly result?: unknown }
  | RetryScheduled<'step-retry-scheduled'>
  | GivenUp<'step-rejected'>
  | GivenUp<'step-left-unknown'>
  | { readonly kind: 'stop-requested'; readonly reason: StopReason; readonly act?: ActRecord }
  | { readonly kind: 'compensation-started'; readonly reason: StopReason }
  | { readonly kind: 'compensation-requested'; readonly step: string }
  | RetryScheduled<'compensation-retry-scheduled'>
  | { readonly kind: 'step-compensated'; readonly step: string }
  | GivenUp<'step-compensation-failed'>
  | { readonly kind: 'saga-completed' }
  | { readonly kind: 'saga-compensated' }
  | { readonly kind: 'saga-failed'; readonly reason: StopReason }
  | { readonly kind: 'saga-compensation-failed' }
  | { readonly kind: 'compensation-resumed'; readonly act?: ActRecord }
  | {
      readonly kind: 'saga-retried';
      readonly round: number;
      readonly deadlineAtUs?: number;
      readonly act?: ActRecord;
    }
  /** No call of the operation leaves any more; what is on its way may still land. */
  | {
      readonly kind: 'step-skipped';
      readonly step: string;
      readonly direction: Direction;
      readonly act: ActRecord;
    }
  /** With `act`: a person took over all that was open. Without: what was left to the engine is done, but for what was skipped. */
  | { readonly kind: 'saga-resolved'; readonly act?: ActRecord };

export interface RetryScheduled<Kind extends string> {
  readonly kind: Kind;
  readonly step: string;
  /** The attempt that comes next. The event intends its call: nothing more is appended before it leaves. */
  readonly attempt: number;
  readonly dueAtUs: number;
  readonly failure: FailureClass;
  /** Whether the attempt that failed may have happened. */
  readonly inDoubt: boolean;
  /** A person wants it now: no attempt has failed, the one that waits is due. */
  readonly redriven?: true;
  /** Whose wish that is. */
  readonly act?: ActRecord;
}

export interface GivenUp<Kind extends string> {
  readonly kind: Kind;
  readonly step: string;
  readonly failure: FailureClass;
  readonly reason: string;
}

/** One row of the log. (saga, version) is unique; versions of a saga are 1, 2, 3, … without a gap. */
export interface StoredEvent {
  readonly saga: string;
  readonly version: number;
  /** The writer's epoch (E10). */
  readonly epoch: number;
  /** The writer's clock when it decided, in microseconds. */
  readonly atUs: number;
  readonly event: SagaEvent;
}

/** Events that one writer writes at one time, after the first `expectedVersion` events of their saga. */
export interface Batch {
  readonly saga: string;
  readonly expectedVersion: number;
  readonly epoch: number;
  readonly atUs: number;
  readonly events: readonly SagaEvent[];
}

/** What a store writes for a batch. */
export function rowsOf({ saga, expectedVersion, epoch, atUs, events }: Batch): readonly StoredEvent[] {
  return events.map((event, i) => ({ saga, version: expectedVersion + i + 1, epoch, atUs, event }));
}

/** Whether these rows are what became of the batch: same writer, same time, same words. */
export function isWritten(rows: readonly StoredEvent[], { epoch, atUs, events }: Batch): boolean {
  return (
    rows.length === events.length &&
    rows.every(
      (row, i) =>
        row.epoch === epoch && row.atUs === atUs && JSON.stringify(row.event) === JSON.stringify(events[i]),
    )
  );
}

/** Both lists as one. */
export function joined(a: readonly SagaEvent[], b: readonly SagaEvent[]): readonly SagaEvent[] {
  if (a.length === 0) return b;
  return a.length === 1 && b.length === 1 ? [a[0]!, b[0]!] : [...a, ...b];
}

/** Events of a step that say nothing but its name, each as a list: made once, and shared by the logs of all sagas. */
export type PlainStepEvents = Readonly<
  Record<'requested' | 'applied' | 'compensationRequested' | 'compensated', readonly SagaEvent[]>
>;

export function plainStepEvents(step: string): PlainStepEvents {
  return {
    requested: [{ kind: 'step-requested', step }],
    applied: [{ kind: 'step-applied', step }],
    compensationRequested: [{ kind: 'compensation-requested', step }],
    compensated: [{ kind: 'step-compensated', step }],
  };
}
