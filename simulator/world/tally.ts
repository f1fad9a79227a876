// What a run counts: where sagas ended, and how long they took.

import type { SagaState, StopReason } from '../../engine/core/saga.ts';
import type { LatencySamples, SagaCounts } from '../run-result.ts';
import type { SimSaga } from './sim-saga.ts';

/** Reasons that are told apart: some have an id in them. */
const REASONS_MAX = 50;

export class RunTally {
  /** Sagas that have ended. */
  ended = 0;
  readonly latencyUs = {
    saga: [] as number[],
    compensation: [] as number[],
    step: [] as number[],
  } satisfies LatencySamples;
  readonly #counts = { completed: 0, compensated: 0, failed: 0 };
  #resumed = 0;
  /** Why forward work ended early, in words, and for how many sagas. */
  readonly stopReasons: Record<string, number> = {};
  #reasons = 0;

  end(saga: SimSaga, { status, reason }: SagaState, nowUs: number): void {
    this.ended++;
    if (reason !== undefined) this.#countReason(wordsOf(reason));
    if (status === 'completed' || status === 'compensated' || status === 'failed') this.#counts[status]++;
    if (saga.resumed) this.#resumed++;
    this.latencyUs.saga.push(nowUs - saga.startAtUs);
    if (saga.compensatingSinceUs >= 0) this.latencyUs.compensation.push(nowUs - saga.compensatingSinceUs);
  }

  #countReason(words: string): void {
    const isNew = this.stopReasons[words] === undefined;
    const key = isNew && ++this.#reasons > REASONS_MAX ? 'other reasons' : words;
    this.stopReasons[key] = (this.stopReasons[key] ?? 0) + 1;
  }

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
    };
  }
}

function wordsOf(reason: StopReason): string {
  return reason.kind === 'step-failed' ? `${reason.step}: ${reason.reason}` : reason.kind;
}
