// What a run counts: where sagas ended, and how long they took.

import type { SagaState, StopReason } from '../../engine/core/saga.ts';
import type { LatencySamples, SagaCounts } from '../run-result.ts';
import { LockMeter } from './lock-meter.ts';
import type { SimSaga } from './sim-saga.ts';

/** Reasons that are told apart: some have an id in them. */
const REASONS_MAX = 50;

export class RunTally {
  readonly locks = new LockMeter();
  /** Sagas that have ended. */
  ended = 0;
  readonly latencyUs = {
    saga: [] as number[],
    compensation: [] as number[],
    step: [] as number[],
  } satisfies LatencySamples;
  readonly #counts = { completed: 0, compensated: 0, failed: 0 };
  #resolved = 0;
  #resumed = 0;
  #shed = 0;
  /** Why forward work ended early, in words, and for how many sagas. */
  readonly stopReasons: Record<string, number> = {};
  #reasons = 0;

  end(saga: SimSaga, state: SagaState, nowUs: number): void {
    const { status, reason } = state;
    const { wasTallied } = saga;
    saga.tallied = state;
    saga.wasTallied = true;
    this.ended++;
    if (reason !== undefined) this.#countReason(wordsOf(reason));
    if (status === 'completed' || status === 'compensated' || status === 'failed') this.#counts[status]++;
    if (status === 'resolved') this.#resolved++;
    if (saga.resumed) this.#resumed++;
    if (wasTallied) return; // how long a person took to retry it says nothing
    this.latencyUs.saga.push(nowUs - saga.startAtUs);
    if (saga.compensatingSinceUs >= 0) this.latencyUs.compensation.push(nowUs - saga.compensatingSinceUs);
  }

  /** A person retries a saga that had ended: its end does not count any more, the time until then does. */
  reopen(saga: SimSaga): void {
    if (saga.tallied === undefined) return;
    const { status, reason } = saga.tallied;
    saga.tallied = undefined;
    this.ended--;
    if (status === 'compensated' || status === 'failed') this.#counts[status]--;
    if (saga.resumed) this.#resumed--;
    if (reason !== undefined) this.#takeBack(wordsOf(reason));
  }

  #takeBack(words: string): void {
    const key = this.stopReasons[words] === undefined ? 'other reasons' : words;
    const left = (this.stopReasons[key] ?? 0) - 1;
    if (left > 0) this.stopReasons[key] = left;
    else delete this.stopReasons[key];
  }

  #countReason(words: string): void {
    const isNew = this.stopReasons[words] === undefined;
    const key = isNew && ++this.#reasons > REASONS_MAX ? 'other reasons' : words;
    this.stopReasons[key] = (this.stopReasons[key] ?? 0) + 1;
  }

  /** A saga that was turned away is over before it began. */
  shed(): void {
    this.ended++;
    this.#shed++;
  }

  /** A request that was turned away was taken up by another process, or in another life of it. */
  begunAfterAll(): void {
    this.ended--;
    this.#shed--;
  }

  /** A step is durably applied, this long after its call was first sent. */
  step(durationUs: number): void {
    this.latencyUs.step.push(durationUs);
  }

  counts(started: number): SagaCounts {
    return {
      started,
      ...this.#counts,
      compensationFailed: 0,
      open: started - this.ended,
      resumed: this.#resumed,
      shed: this.#shed,
      ...(this.#resolved === 0 ? {} : { resolved: this.#resolved }),
    };
  }
}

function wordsOf(reason: StopReason): string {
  return reason.kind === 'step-failed' ? `${reason.step}: ${reason.reason}` : reason.kind;
}
