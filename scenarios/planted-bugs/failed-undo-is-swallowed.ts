// A compensation that fails is logged, an alert is sent, and the saga goes on to say `COMPENSATED`. An order flow in
// Java, `compensatePayment` and `compensateInventory`: the catch block returns as if nothing had been.

import type { SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class SwallowsFailedUndo extends PlainEngine {
  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    return super.decide(state, input, nowUs).map((event) => {
      const failed =
        event.kind === 'compensation-retry-scheduled' || event.kind === 'step-compensation-failed';
      return failed ? { kind: 'step-compensated', step: event.step } : event;
    });
  }
}

export const bug = plantedBug({
  how: 'A compensation that fails is logged and swallowed, and the saga says that it is compensated',
  mended: 'An undo that fails is tried again; a saga that cannot be undone asks for a person (E7)',
  lookFor:
    'Search compensations for a `catch` that logs. Compare orders that are `compensated` with the ledgers of payment and stock, once a day.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: ['fail-before', 'drop-request', 'participant-crash-before'],
  seenIn: 'an order flow in Java (compensatePayment, compensateInventory)',
  ...shopPair({
    name: 'failed-undo-is-swallowed',
    title: 'A failed refund is an alert in a log, and the saga says compensated',
    engine: (options) => new SwallowsFailedUndo(options),
  }),
});

export default bug.wrong;
