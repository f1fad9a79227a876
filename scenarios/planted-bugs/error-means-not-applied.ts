// A 500 is read as "it did not happen": the step has failed, and what came before it is undone. But the service may
// have answered 500 after its commit, and then the charge stands while the goods go back. Every `catch` around a
// client that gives up at the first HTTP error does this.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class ErrorMeansNotApplied extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const failed = input.kind === 'reply' && input.direction === 'forward' ? input.outcome : undefined;
    if (input.kind !== 'reply' || failed?.kind !== 'unknown' || failed.failure === 'timeout') {
      return super.decide(state, input, nowUs);
    }
    const { reason } = failed;
    return super.decide(
      state,
      { ...input, outcome: { kind: 'rejected', failure: 'business', reason } },
      nowUs,
    );
  }
}

export const bug = plantedBug({
  how: 'A 500 is taken for a refusal: a step that answered it after its commit is not undone',
  mended: 'A 500 is `unknown`: it is asked again, and undone when it stays so (E2)',
  lookFor:
    'Search callers for `catch` that goes on as if nothing had happened. After a 500 or a reset connection nobody knows.',
  reading: 'Saltzer, Reed and Clark, _End-to-End Arguments in System Design_, ACM TOCS 1984',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: ['fail-after'],
  seenIn:
    'catch blocks around HTTP clients; an order flow in Java ("no compensation needed - payment didn\'t succeed")',
  ...shopPair({
    name: 'error-means-not-applied',
    title: 'A 500 is read as "it did not happen"',
    engine: (options) => new ErrorMeansNotApplied(options),
  }),
});

export default bug.wrong;
