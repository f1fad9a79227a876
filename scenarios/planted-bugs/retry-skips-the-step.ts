// `i--` inside a Go `range` loop changes a copy: the loop that means to try the failed step again goes on with the
// next one. Nobody comes back to it, and when the last step is done the saga is complete. A saga engine in Go,
// `executeSaga`.

import { advance, type PendingCall, pending, type SagaEvent, type SagaState } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class RetrySkipsTheStep extends PlainEngine {
  /** The loop has gone on: a step that is to be tried again is behind it, like one that is done. */
  protected override follows(state: SagaState): readonly SagaEvent[] {
    return advance(seenAs(state, ({ status }) => (status === 'retrying' ? 'applied' : status)));
  }

  protected override outstanding(state: SagaState): readonly PendingCall[] {
    return pending(state).filter(({ step }) => state.steps[step]!.status !== 'retrying');
  }
}

export const bug = plantedBug({
  how: 'A step that is to be tried again is passed over, and the saga completes without it',
  mended: 'A step counts as done when its log says that it was applied',
  lookFor:
    'Compare completed sagas with the ledgers: each step must have an effect. Let a step fail once and be tried again.',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: ['drop-request', 'fail-before', 'participant-crash-before'],
  seenIn: 'a saga engine in Go (executeSaga: i-- inside a range)',
  ...shopPair({
    name: 'retry-skips-the-step',
    title: 'The retry loop goes on with the next step',
    engine: (options) => new RetrySkipsTheStep(options),
  }),
});

export default bug.wrong;
