// The saga's timeout is a timeout of everything: a timer that, when it fires, ends the saga, also one that is being
// undone. What was not undone by then stays (E7). In a saga manager in Python `TIMEOUT` may go straight to `FAILED`;
// a context with a deadline that is handed down to the compensations does the same.

import { isAtRest, type SagaEvent, type SagaInput, type SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { type Job, NEVER } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { basket, shopPair } from './shop.ts';

class DeadlineStopsTheUndo extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const isOver = input.kind === 'deadline-passed' && state.status === 'compensating';
    return isOver ? [{ kind: 'saga-compensated' }] : super.decide(state, input, nowUs);
  }

  protected override wake(job: Job, nowUs: number): void {
    const { state, append } = job;
    if (state === undefined || append !== undefined || this.#timeoutUs(state) > nowUs)
      return super.wake(job, nowUs);
    this.input(job, state, { kind: 'deadline-passed' }, nowUs);
  }

  protected override nextDueUs(job: Job): number {
    const { state, append } = job;
    const dueAtUs = super.nextDueUs(job);
    return state === undefined || append !== undefined ? dueAtUs : Math.min(dueAtUs, this.#timeoutUs(state));
  }

  #timeoutUs({ status, deadlineAtUs = NEVER }: SagaState): number {
    return status === 'compensating' && !isAtRest(status) ? deadlineAtUs : NEVER;
  }
}

export const bug = plantedBug({
  how: 'The deadline ends a saga that is being undone, too: what has not been undone by then stays',
  mended: 'The deadline ends forward work, never the undo (E7)',
  lookFor:
    'Find out whether the undo runs under the same timeout or context as the forward work. Let the deadline pass while it is half-way.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['all-or-nothing', 'status-is-true', 'nothing-after-the-end'],
  trigger: ['drop-request', 'fail-before', 'drop-reply'],
  seenIn: 'deadlines of a context that are handed down to the compensations',
  ...shopPair({
    name: 'deadline-stops-the-undo',
    title: 'When the time is up, everything stops, the undo included',
    saga: basket,
    engine: (options) => new DeadlineStopsTheUndo(options),
  }),
});

export default bug.wrong;
