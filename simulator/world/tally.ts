// What a run counts: where sagas ended, and how long they took.

import type { SagaStatus } from '../../engine/core/saga.ts';
import type { LatencySamples, SagaCounts } from '../run-result.ts';
import type { SimSaga } from './sim-saga.ts';

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

  end(saga: SimSaga, status: SagaStatus, nowUs: number): void {
    this.ended++;
    if (status === 'completed' || status === 'compensated' || status === 'failed') this.#counts[status]++;
    if (saga.resumed) this.#resumed++;
    this.latencyUs.saga.push(nowUs - saga.startAtUs);
    if (saga.compensatingSinceUs >= 0) this.latencyUs.compensation.push(nowUs - saga.compensatingSinceUs);
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
