// No answer in time: the call is given up, and counted as one that did not happen. But a request that was not
// answered is not a request that was not carried out. A saga manager in Python: `asyncio.TimeoutError` becomes
// `success=False`, and only steps with `success=True` are remembered for the undo.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class TimeoutMeansNotApplied extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    return super.decide(state, input, nowUs).map((event) => {
      if (event.kind !== 'step-retry-scheduled' || event.failure !== 'timeout') return event;
      return { kind: 'step-rejected', step: event.step, failure: 'timeout', reason: 'no answer in time' };
    });
  }
}

export const bug = plantedBug({
  how: 'A call without an answer counts as one that did not happen, and is not undone',
  mended: 'A call without an answer is `unknown`: it is asked again, and undone when it stays so (E2)',
  lookFor:
    'Search for timeouts that become `false`, `failed` or an exception like any other. No answer is a third answer.',
  reading: 'Saltzer, Reed and Clark, _End-to-End Arguments in System Design_, ACM TOCS 1984',
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: ['drop-reply', 'delay-reply', 'delay-request', 'participant-crash-after'],
  seenIn: 'a saga manager in Python (execute_step_with_monitoring: a timeout is success=False)',
  ...shopPair({
    name: 'timeout-means-not-applied',
    title: 'A call that was not answered in time is a call that did not happen',
    engine: (options) => new TimeoutMeansNotApplied(options),
  }),
});

export default bug.wrong;
