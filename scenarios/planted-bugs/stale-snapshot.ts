// A snapshot that is written behind: the events are durable at once, snapshots when there is time. A restart finds
// one that is older than it says, since only its version was written, and events between the two are lost to whoever
// loads the order.

import type { Snapshot } from '../../engine/event-sourcing/index.ts';
import { type OrderHistory, type OrderState, orderHistory } from '../../participants-mock/index.ts';
import { orderScenario } from '../event-sourced/order-history.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

/** Versions are durable, states only until the next restart. */
class StatesBehind extends Map<string, Snapshot<OrderState>> {
  readonly #durable = new Map<string, OrderState>();

  override set(stream: string, snapshot: Snapshot<OrderState>): this {
    const before = this.get(stream);
    if (before !== undefined) this.#durable.set(stream, before.state);
    return super.set(stream, snapshot);
  }

  restart(): void {
    for (const [stream, state] of this.#durable) super.set(stream, { ...this.get(stream)!, state });
  }
}

function forgetful(): OrderHistory {
  const snapshots = new StatesBehind();
  return { ...orderHistory({ snapshotEvery: 1, snapshots }), restart: () => snapshots.restart() };
}

export const bug = plantedBug({
  how: 'After a restart a snapshot has the version of the last event and the state of an earlier one',
  caughtBy: ['snapshot-is-fold', 'all-or-nothing', 'status-is-true', 'every-saga-ends'],
  trigger: ['participant-restart', 'participant-crash-after', 'participant-crash-before'],
  seenIn: 'a saga manager in Python (save_snapshot after the events, in a store of its own)',
  lookFor:
    'Whether the state and the version of a snapshot can be written apart: two statements, two stores, a cache in between.',
  wrong: orderScenario({
    name: 'stale-snapshot',
    title: 'Snapshots whose state is written after their version',
    sagasPerRun: SAGAS,
    orders: forgetful,
  }),
  right: orderScenario({
    name: 'stale-snapshot-corrected',
    title: 'Snapshots that are written whole',
    sagasPerRun: SAGAS,
    orders: () => orderHistory({ snapshotEvery: 1 }),
  }),
});

export default bug.wrong;
