// The loop over the compensations returns at the first one that fails. A person is asked for, mends that one, and
// the saga counts as compensated: that the loop had not come to the others is written down nowhere. A saga engine in Go,
// `compensateSaga`: each compensation is tried once, `compensation_failed`, `return`.

import { advance, type SagaEvent, type SagaInput, type SagaState } from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class FirstFailedUndoStopsTheRest extends PlainEngine {
  /** A compensation is tried once, unless a person asked for it. */
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    const byHand = state.steps.some(({ attemptsSpent }) => attemptsSpent > 0);
    return super.decide(state, input, nowUs).map((event) => {
      if (event.kind !== 'compensation-retry-scheduled' || byHand) return event;
      const { step, failure } = event;
      return { kind: 'step-compensation-failed', step, failure, reason: 'the compensation failed' };
    });
  }

  /** Once a compensation has failed, there is none but that. */
  protected override follows(state: SagaState): readonly SagaEvent[] {
    if (!state.steps.some(({ attemptsSpent }) => attemptsSpent > 0)) return advance(state);
    return advance(
      seenAs(state, ({ status, attemptsSpent }) =>
        attemptsSpent === 0 && (status === 'applied' || status === 'unknown') ? 'rejected' : status,
      ),
    );
  }
}

export const bug = plantedBug({
  how: 'The first compensation that fails ends the loop: those after it are never tried, also when a person mends it',
  mended: 'One failed undo does not stop the others (E3)',
  lookFor:
    'Let the first of three compensations fail for good. The other two must be tried all the same, and the saga must ask for a person.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['all-or-nothing', 'status-is-true'],
  trigger: ['fail-before', 'drop-request', 'drop-reply', 'participant-crash-before'],
  seenIn: 'a saga engine in Go (compensateSaga returns inside its loop)',
  ...shopPair({
    name: 'first-failed-undo-stops-the-rest',
    title: 'The loop over the compensations returns at the first that fails',
    engine: (options) => new FirstFailedUndoStopsTheRest(options),
  }),
});

export default bug.wrong;
