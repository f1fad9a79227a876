// An undo cannot succeed, so somebody skips it: the tool marks the step as compensated, the saga goes on and says
// `compensated`. Nobody who reads that later knows that the goods are still reserved, or the money still taken.

import type { Repair, SagaState } from '../../engine/index.ts';
import { PlainEngine, type Wish } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { repairPair } from './repair-shop.ts';

class CountsAsUndone extends PlainEngine {
  protected override wished(state: SagaState, wish: Wish, nowUs: number): Repair {
    const wished = super.wished(state, wish, nowUs);
    const [event] = wished.kind === 'decided' ? wished.events : [];
    if (event?.kind !== 'step-skipped') return wished;
    const { step, act } = event;
    const resumed =
      state.status === 'compensation_failed' ? ([{ kind: 'compensation-resumed', act }] as const) : [];
    return { kind: 'decided', events: [...resumed, { kind: 'step-compensated', step }] };
  }
}

export const bug = plantedBug({
  how: 'An undo that a person skips is marked as done, and the saga says that it is compensated',
  mended:
    'A saga of which something was skipped ends as `resolved`: a person took it over, and nobody else knows',
  lookFor:
    'Look at what your admin tool writes when somebody skips a step. Can sagas that were undone be told from those that were told to be?',
  reading: 'X/Open, _Distributed Transaction Processing: The XA Specification_, 1991 (heuristic outcomes)',
  caughtBy: ['status-is-true', 'all-or-nothing'],
  trigger: [],
  seenIn: 'admin tools that set the status of a step by hand',
  ...repairPair({
    name: 'skip-counts-as-undone',
    title: 'A skipped refund counts as a refund',
    engine: (options) => new CountsAsUndone(options),
  }),
});

export default bug.wrong;
