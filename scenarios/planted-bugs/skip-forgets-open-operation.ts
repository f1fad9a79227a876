// Somebody skips an undo and sets it right by hand. The step is marked, the saga goes on; the call that was to be tried
// again is still in the queue of retries, and leaves. What the person did is done a second time.

import type { PendingCall } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { callOf, type Job } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { repairPair } from './repair-shop.ts';

class ForgetsOpenOperation extends PlainEngine {
  readonly #left = new Set<string>();

  protected override settled(job: Job, nowUs: number): void {
    super.settled(job, nowUs);
    const state = job.state!;
    for (const [index, { status, attempt }] of state.steps.entries()) {
      const step = state.definition.steps[index]!;
      const place = `${job.saga}/${step.name}`;
      if (status !== 'skipped' || step.compensation === undefined || this.#left.has(place)) continue;
      this.#left.add(place);
      const due: PendingCall = { step: index, direction: 'compensation', attempt, dueAtUs: nowUs };
      this.emit(callOf(state, due, this.keyOf(state, step, due), this.payloadOf(state, step, due)));
    }
  }
}

export const bug = plantedBug({
  how: 'A step that a person skipped is still in the queue of retries, and its call leaves once more',
  mended: 'What is outstanding follows from the state (E9): what was skipped is not, so no call of it leaves',
  lookFor:
    'Is the queue of retries, or the timer, another place than the state of the saga? Skip a step that is to be tried again, and watch its service.',
  caughtBy: ['append-before-send'],
  trigger: [],
  seenIn: 'schedulers with a table of jobs beside that of sagas',
  ...repairPair({
    name: 'skip-forgets-open-operation',
    title: 'A skipped refund is sent all the same',
    engine: (options) => new ForgetsOpenOperation(options),
  }),
});

export default bug.wrong;
