// Replies are matched to what is awaited by saga and step, for that is what the correlation id holds. When the undo
// of a step is under way and a copy of the answer to its forward call comes in late, that answers for the undo:
// "done" (E6).

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { basket, shopPair } from './shop.ts';

class MatchesRepliesByStep extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    if (input.kind !== 'reply') return super.decide(state, input, nowUs);
    const { status, attempt } = state.steps[input.step]!;
    const direction = status === 'compensating' ? 'compensation' : 'forward';
    return super.decide(state, { ...input, direction, attempt }, nowUs);
  }
}

export const bug = plantedBug({
  how: 'A late answer to a forward call is taken for the answer to its compensation',
  mended: 'A reply settles only the operation that is awaited (E6)',
  lookFor:
    "Look at what a reply is matched by. The name of the step does for both directions and all attempts; the operation's key does not.",
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: [],
  seenIn: 'reply queues whose correlation id is the saga and the step',
  ...shopPair({
    name: 'reply-matched-by-step',
    title: 'A late "charged" is read as "refunded"',
    saga: basket,
    engine: (options) => new MatchesRepliesByStep(options),
  }),
});

export default bug.wrong;
