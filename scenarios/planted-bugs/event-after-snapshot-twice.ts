// A snapshot says up to which event it was folded, one too few: the event before it is applied once more when the
// order is loaded. A saga manager in Python reads the events since `snapshot["version"]` of snapshots that it keeps
// without one, so nobody can say which is first.

import type { Snapshot } from '../../engine/event-sourcing/index.ts';
import { type OrderState, orderHistory } from '../../participants-mock/index.ts';
import { orderScenario } from '../event-sourced/order-history.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

class OneTooFew extends Map<string, Snapshot<OrderState>> {
  override set(stream: string, snapshot: Snapshot<OrderState>): this {
    return super.set(stream, { ...snapshot, version: snapshot.version - 1 });
  }
}

export const bug = plantedBug({
  how: 'The event that a snapshot ends with is applied again when the stream is read from it',
  caughtBy: ['snapshot-is-fold'],
  trigger: [],
  seenIn:
    'a saga manager in Python (save_snapshot keeps no version; rebuild_saga_state reads the events since `snapshot["version"]`)',
  lookFor:
    'Whether the version in a snapshot is the last event that it has or the first that it lacks, where it is written and where it is read.',
  wrong: orderScenario({
    name: 'event-after-snapshot-twice',
    title: 'Snapshots that begin one event too early',
    sagasPerRun: SAGAS,
    orders: () => orderHistory({ snapshotEvery: 2, snapshots: new OneTooFew() }),
  }),
  right: orderScenario({
    name: 'event-after-snapshot-twice-corrected',
    title: 'Snapshots that know what they hold',
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
