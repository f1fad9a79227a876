// A reservation is a lease: after a second and a half the lamp goes back to the shelf, and to the next customer. The first one
// was slow, but comes, and the dispatch does not look whether the lease still holds. One lamp, two parcels.

import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { APPLIED } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { lampOrders, Shelf } from './shelf.ts';

const LAMPS = 4;
const LEASE_US = 1_500_000;

/** Leases that have run out no longer count as reserved when somebody looks for a lamp. */
class LeasingShelf extends Shelf {
  readonly #looks: boolean;
  readonly #expired = new Set<string>();

  constructor(looks: boolean) {
    super(LAMPS);
    this.#looks = looks;
  }

  override apply(call: Call, env: ParticipantEnv): Outcome {
    this.#expire(env.nowUs);
    return super.apply(call, env);
  }

  override undo(call: Call, forward: Applied, env: ParticipantEnv): Outcome {
    this.#expire(env.nowUs);
    return super.undo(call, forward, env);
  }

  protected override dispatch(call: Call): Outcome {
    if (this.#looks || !this.#expired.delete(call.saga)) return super.dispatch(call);
    this.put(call, { onHand: -1, sold: 1 });
    return APPLIED;
  }

  #expire(nowUs: number): void {
    for (const [saga, { atUs }] of this.rows) {
      if (nowUs - atUs < LEASE_US) continue;
      this.rows.delete(saga);
      this.#expired.add(saga);
      this.ledger.restock(this.changed({ onHand: 1, reserved: -1 }));
    }
  }
}

export const bug = plantedBug({
  how: 'An order whose lease ran out is dispatched with the lamp of another',
  lookFor:
    'Find holds with a time to live. Ask what stops their owner from acting after they ran out: it needs a token that the resource itself checks.',
  reading: 'Kleppmann, _Designing Data-Intensive Applications_, 2017, chapter 8, on fencing tokens',
  caughtBy: ['stock-conserved', 'isolation'],
  trigger: ['delay-request', 'delay-reply', 'drop-reply', 'drop-request', 'fail-before', 'fail-after'],
  seenIn: 'locks and seat holds with a time to live, used without a fencing token',
  wrong: lampOrders('expired-lease', 'A dispatch does not look at its lease', () => new LeasingShelf(false)),
  right: lampOrders(
    'expired-lease-corrected',
    'A dispatch needs a lease that holds',
    () => new LeasingShelf(true),
  ),
});

export default bug.wrong;
