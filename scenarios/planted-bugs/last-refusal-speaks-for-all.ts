// The first attempt was carried out, but its reply was lost; the next one is refused for certain, by a service that
// is too busy to look. The client takes every 4xx for the end of the matter: refused, nothing to undo. That an
// earlier attempt is still in doubt is forgotten (E2). An order flow in Java, `ResilientPaymentClient`: a client
// error is a `NonRetryableException`, whatever came before it in the same loop.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class LastRefusalSpeaksForAll extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const refusal = input.kind === 'reply' && input.outcome.kind === 'rejected' ? input.outcome : undefined;
    return super.decide(state, input, nowUs).map((event) => {
      const open = event.kind === 'step-retry-scheduled' || event.kind === 'step-left-unknown';
      if (refusal === undefined || !open) return event;
      const { failure, reason } = refusal;
      return { kind: 'step-rejected', step: event.step, failure, reason };
    });
  }
}

export const bug = plantedBug({
  how: 'An attempt was refused, so the step counts as not applied, whatever became of the attempts before it',
  mended: 'A refusal settles its own attempt; earlier ones in doubt stay in doubt (E6)',
  lookFor:
    'Look at what a retry loop returns. If it is the last error, an earlier attempt that timed out is forgotten, and may land.',
  reading: 'Saltzer, Reed and Clark, _End-to-End Arguments in System Design_, ACM TOCS 1984',
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: ['drop-reply', 'fail-after', 'fail-before'],
  seenIn: 'an order flow in Java (ResilientPaymentClient); retry loops that keep only the last error',
  ...shopPair({
    name: 'last-refusal-speaks-for-all',
    title: 'Only the answer to the last attempt counts',
    engine: (options) => new LastRefusalSpeaksForAll(options),
  }),
});

export default bug.wrong;
