// A saga failed and was undone; somebody retries it. The list of completed steps is still there from the first
// time, so the loop passes over them: it does only what is not on the list, and the saga completes without what was
// undone. A saga engine in Go, `RetrySaga` resets `FailedSteps` and every status, but not `CompletedSteps`, which
// `executeSaga` asks.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { impatient, shopPair } from './shop.ts';

class RetryKeepsWhatWasUndone extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const facts = super.decide(state, input, nowUs);
    if (input.kind !== 'retry' || facts.length === 0) return facts;
    const completed = state.definition.steps.filter(
      ({ index }) => state.steps[index]!.status === 'compensated',
    );
    return [...facts, ...completed.flatMap(({ events }) => [...events.requested, ...events.applied])];
  }
}

export const bug = plantedBug({
  how: 'A retry takes steps that were completed and then undone for completed, and passes over them',
  mended: 'A new round does every step again that was undone, under new keys (E4)',
  lookFor: 'Retry a saga that was compensated. Steps that were undone must be done again, under new keys.',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: ['operator-retry'],
  seenIn: 'a saga engine in Go (RetrySaga keeps CompletedSteps)',
  ...shopPair({
    name: 'retry-keeps-what-was-undone',
    title: 'A retried saga remembers what it no longer has',
    saga: impatient,
    engine: (options) => new RetryKeepsWhatWasUndone(options),
  }),
});

export default bug.wrong;
