// "No" is retried like "not now": whatever is no success goes into the retry loop. The answer does not change, the
// service is asked five times, and the customer waits for a refusal that was there at once. A saga engine in Go,
// `executeSaga`: every `err` is retried up to `MaxRetries` times.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class RetriesRefusals extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const outcome = input.kind === 'reply' ? input.outcome : undefined;
    if (input.kind !== 'reply' || outcome?.kind !== 'rejected' || outcome.failure !== 'business') {
      return super.decide(state, input, nowUs);
    }
    const { failure } = outcome;
    return super
      .decide(state, { ...input, outcome: { ...outcome, failure: 'transient' } }, nowUs)
      .map((event) => ('failure' in event ? { ...event, failure } : event));
  }
}

export const bug = plantedBug({
  how: 'A business refusal is retried like a transient failure',
  mended: 'A refusal for business reasons is final: the step is rejected at once',
  lookFor:
    'Look at the calls per order of those that were refused. More than one call after `insufficient funds` is load for nothing.',
  caughtBy: ['bounded-load'],
  trigger: [],
  seenIn: 'a saga engine in Go (executeSaga: every error is retried)',
  ...shopPair({
    name: 'business-refusal-retried',
    title: '"No" is asked again like "not now"',
    engine: (options) => new RetriesRefusals(options),
  }),
});

export default bug.wrong;
