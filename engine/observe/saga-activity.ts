// What the durable events of an engine's sagas come to, as news for meters: a saga begins and ends, a step succeeds, an
// attempt fails. It knows the open sagas of one engine and which of them are stuck. Pure: a live engine and a simulated one
// feed it the same way.
//
// N1. An event is news once. Versions tell: what is written twice, or read after it was written, is no news.
// N2. What stood in the log before this engine saw the saga is no news: an earlier engine has counted it.
// N3. Who stops driving a saga tells (`letGo`), or it would be taken for stuck.

import type { FailureClass } from '../core/protocol.ts';
import { doneAct, type RepairKind } from '../core/repair-act.ts';
import { type Batch, rowsOf, type SagaEvent, type StopReason, type StoredEvent } from '../core/saga-event.ts';
import { isEnded } from '../core/saga-state.ts';
import { LogReading, stuckAtUs } from '../core/waiting.ts';

/**
 * Why a saga did not complete. `business`: a service said no, for good reasons of its own. `cancelled`: a person did.
 * `technical`: everything that somebody should mend, deadlines included.
 */
export type EndCause = 'business' | 'cancelled' | 'technical';

/** Durations in microseconds; `type` is the name of the saga's definition. */
export type SagaNews =
  /** It was created, or a person retries it. */
  | { readonly kind: 'started'; readonly type: string }
  | { readonly kind: 'completed'; readonly type: string; readonly durationUs: number }
  | {
      readonly kind: 'compensated' | 'failed';
      readonly type: string;
      readonly cause: EndCause;
      readonly durationUs: number;
      /** From the first undo on; for `compensated`. */
      readonly undoUs?: number;
    }
  /** An undo was given up: the saga waits for a person. */
  | { readonly kind: 'compensation-failed'; readonly type: string; readonly durationUs: number }
  /** It ended, and a person has taken over what the engine could not settle. */
  | { readonly kind: 'resolved'; readonly type: string; readonly durationUs: number }
  /** A person acted on it. */
  | { readonly kind: 'repaired'; readonly type: string; readonly act: RepairKind }
  /** From its first intention until its outcome stood in the log. */
  | {
      readonly kind: 'step-succeeded';
      readonly type: string;
      readonly step: string;
      readonly durationUs: number;
    }
  | { readonly kind: 'step-undone'; readonly type: string; readonly step: string }
  /** An attempt that did not apply; `isLast` when the step, or its undo, was given up with it. */
  | {
      readonly kind: 'attempt-failed';
      readonly type: string;
      readonly step: string;
      readonly isUndo: boolean;
      readonly failure: FailureClass;
      readonly isLast: boolean;
    };

/** What is stuck among the sagas of one type. */
export interface StuckSagas {
  readonly count: number;
  /** For how long nothing has happened to the one to which nothing has happened for the longest time; 0 when none is. */
  readonly longestUs: number;
}

/** A saga that has not ended, or waits for a person. */
interface OpenSaga {
  readonly type: string;
  readonly owner: string;
  readonly reading: LogReading;
  version: number;
  beganAtUs: number;
  undoneFromUs: number;
  lastAtUs: number;
  /** When each step that is under way was first intended. */
  readonly steps: Map<string, number>;
}

const DEFAULT_OWNER = 'main';
const REMEMBERED_MAX = 10_000;

/**
 * @example
 * const activity = new SagaActivity((news) => console.log(news.kind));
 * activity.written(batch); // started
 * activity.isStuck('order-7', nowUs);
 */
export class SagaActivity {
  readonly #tell: (news: SagaNews) => void;
  readonly #open = new Map<string, OpenSaga>();
  /** The latest that ended: a person may retry one. */
  readonly #ended = new Map<string, OpenSaga>();

  constructor(tell: (news: SagaNews) => void) {
    this.#tell = tell;
  }

  /** Sagas that have not ended, those that wait for a person included. */
  get size(): number {
    return this.#open.size;
  }

  /** These events are durable. @param owner who drives the saga: a partition */
  written(batch: Batch, owner = DEFAULT_OWNER): void {
    const { saga, events } = batch;
    const open = this.#known(saga) ?? (events[0] === undefined ? undefined : opened(events[0], owner));
    if (open === undefined) return; // N2: its log was not read
    for (const row of rowsOf(batch)) this.#apply(open, row, this.#tell);
    this.#put(saga, open);
  }

  /** The whole log of a saga was read. N1, N2. */
  read(log: readonly StoredEvent[], owner = DEFAULT_OWNER): void {
    const first = log[0];
    if (first === undefined) return;
    const known = this.#known(first.saga);
    const open = known ?? opened(first.event, owner);
    if (open === undefined) return;
    for (const { event, atUs, version } of log)
      this.#apply(open, { event, atUs, version }, known === undefined ? () => {} : this.#tell);
    this.#put(first.saga, open);
  }

  /** N3. @returns the sagas that nobody here drives any more */
  letGo(owner: string): readonly string[] {
    const gone = [...this.#open].filter(([, open]) => open.owner === owner).map(([saga]) => saga);
    for (const saga of gone) this.#open.delete(saga);
    return gone;
  }

  /** When this saga becomes stuck if nothing more happens to it; undefined when it has ended. */
  stuckAtUs(saga: string): number | undefined {
    const open = this.#open.get(saga);
    return open === undefined ? undefined : dueOf(open);
  }

  /** As `whyWaiting` says of its log. */
  isStuck(saga: string, nowUs: number): boolean {
    return (this.stuckAtUs(saga) ?? Number.POSITIVE_INFINITY) < nowUs;
  }

  /** An undo was given up, and nobody resumed it yet. */
  isForPerson(saga: string): boolean {
    return this.#open.get(saga)?.reading.status === 'compensation_failed';
  }

  /** What is stuck, by type; types of which nothing is are left out. */
  stuck(nowUs: number): ReadonlyMap<string, StuckSagas> {
    const found = new Map<string, StuckSagas>();
    for (const open of this.#open.values()) {
      if (dueOf(open) >= nowUs) continue;
      const { count, longestUs } = found.get(open.type) ?? { count: 0, longestUs: 0 };
      found.set(open.type, { count: count + 1, longestUs: Math.max(longestUs, nowUs - open.lastAtUs) });
    }
    return found;
  }

  #known(saga: string): OpenSaga | undefined {
    return this.#open.get(saga) ?? this.#ended.get(saga);
  }

  #put(saga: string, open: OpenSaga): void {
    this.#open.delete(saga);
    this.#ended.delete(saga);
    (hasEnded(open) ? this.#ended : this.#open).set(saga, open);
    if (this.#ended.size > REMEMBERED_MAX) this.#ended.delete(this.#ended.keys().next().value!);
  }

  /** N1. */
  #apply(
    open: OpenSaga,
    { event, atUs, version }: Pick<StoredEvent, 'event' | 'atUs' | 'version'>,
    tell: (news: SagaNews) => void,
  ): void {
    if (version <= open.version) return;
    open.version = version;
    open.lastAtUs = atUs;
    open.reading.read(event, atUs);
    const news = newsOf(open, event, atUs);
    if (news !== undefined) tell(news);
    const repair = doneAct(event);
    if (repair !== undefined) tell({ kind: 'repaired', type: open.type, act: repair.act });
  }
}

function opened(first: SagaEvent, owner: string): OpenSaga | undefined {
  if (first.kind !== 'saga-created') return undefined;
  const type = first.definition;
  const [reading, steps] = [new LogReading(), new Map<string, number>()];
  return { type, owner, reading, version: 0, beganAtUs: 0, undoneFromUs: 0, lastAtUs: 0, steps };
}

function hasEnded({ reading: { status } }: OpenSaga): boolean {
  return isEnded(status);
}

/** Who waits for a person is stuck at once. */
function dueOf({ reading, lastAtUs }: OpenSaga): number {
  return reading.status === 'compensation_failed'
    ? lastAtUs
    : stuckAtUs([...reading.calls.values()], lastAtUs);
}

function newsOf(open: OpenSaga, event: SagaEvent, atUs: number): SagaNews | undefined {
  const { type, reading } = open;
  const durationUs = Math.max(0, atUs - open.beganAtUs); // the clocks of two workers may differ
  switch (event.kind) {
    case 'saga-created':
    case 'saga-retried':
      open.beganAtUs = atUs;
      return { kind: 'started', type };
    case 'compensation-started':
    case 'compensation-resumed':
      open.undoneFromUs = atUs;
      return undefined;
    case 'saga-completed':
      return { kind: 'completed', type, durationUs };
    case 'saga-compensated':
      return {
        kind: 'compensated',
        type,
        cause: causeOf(reading.reason),
        durationUs,
        undoUs: Math.max(0, atUs - open.undoneFromUs),
      };
    case 'saga-failed':
      return { kind: 'failed', type, cause: causeOf(event.reason), durationUs };
    case 'saga-compensation-failed':
      return { kind: 'compensation-failed', type, durationUs };
    case 'saga-resolved':
      return { kind: 'resolved', type, durationUs };
    default:
      return 'step' in event ? newsOfStep(open, event, atUs) : undefined;
  }
}

function newsOfStep(
  { type, steps }: OpenSaga,
  event: Extract<SagaEvent, { readonly step: string }>,
  atUs: number,
): SagaNews | undefined {
  const { step } = event;
  const failed = (failure: FailureClass, isUndo: boolean, isLast: boolean): SagaNews => ({
    kind: 'attempt-failed',
    type,
    step,
    isUndo,
    failure,
    isLast,
  });
  switch (event.kind) {
    case 'step-requested':
      steps.set(step, atUs);
      return undefined;
    case 'step-applied': {
      const durationUs = Math.max(0, atUs - (steps.get(step) ?? atUs));
      steps.delete(step);
      return { kind: 'step-succeeded', type, step, durationUs };
    }
    case 'step-retry-scheduled':
      return failed(event.failure, false, false);
    case 'compensation-retry-scheduled':
      return failed(event.failure, true, false);
    case 'step-rejected':
    case 'step-left-unknown':
      steps.delete(step);
      return failed(event.failure, false, true);
    case 'step-compensation-failed':
      return failed(event.failure, true, true);
    case 'step-skipped':
      steps.delete(step);
      return undefined;
    case 'step-compensated':
      return { kind: 'step-undone', type, step };
    default:
      return undefined;
  }
}

/** Why forward work ended, as far as somebody on call is concerned. */
export function causeOf(reason: StopReason | undefined): EndCause {
  if (reason?.kind === 'cancelled') return 'cancelled';
  return reason?.kind === 'step-failed' && reason.failure === 'business' ? 'business' : 'technical';
}
