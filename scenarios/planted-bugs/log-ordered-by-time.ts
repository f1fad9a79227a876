// The log is read `ORDER BY timestamp`: that is when things happened, after all. Then a machine's clock is set
// back, or the next worker's clock is behind, and a saga that is read again after a crash has been undone before it
// was done.

import type { SagaState, StoredEvent } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { order, shopPair } from './shop.ts';

class ReadsTheLogByTime extends PlainEngine {
  protected override stateOf([first, ...rest]: readonly StoredEvent[]): SagaState {
    return super.stateOf([first!, ...rest.sort((a, b) => a.atUs - b.atUs)]);
  }
}

export const bug = plantedBug({
  how: 'The order of events is taken from the clocks of those who wrote them',
  mended: 'Events are ordered by their version, which the store checks (E10)',
  lookFor:
    'Search for `ORDER BY created_at` on an event table that several machines write. The order must come from a version, not from clocks.',
  reading: 'Lamport, _Time, Clocks, and the Ordering of Events in a Distributed System_, CACM 1978',
  caughtBy: ['log-is-state', 'every-saga-ends', 'status-is-true', 'all-or-nothing', 'undo-order'],
  trigger: ['clock-jump', 'clock-drift', 'orchestrator-crash', 'takeover'],
  seenIn: 'event tables that are read ORDER BY created_at',
  ...shopPair({
    name: 'log-ordered-by-time',
    title: 'The log is read in the order of its timestamps',
    saga: order,
    engine: (options) => new ReadsTheLogByTime(options),
  }),
});

export default bug.wrong;
