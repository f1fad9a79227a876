// The memory of processed keys expires before the last copy of a request has arrived: a cache with a time to live of
// half a minute in front of a network that holds a message for ten. What comes later is new again.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

const TTL_US = 30_000_000;

class ShortRetention extends Clerk {
  readonly #rememberedAtUs = new Map<string, number>();

  protected override remember(call: Call, outcome: Outcome, env: ParticipantEnv): void {
    super.remember(call, outcome, env);
    this.#rememberedAtUs.set(this.keyOf(call), env.nowUs);
  }

  override handle(call: Call, env: ParticipantEnv): Outcome {
    for (const [key, atUs] of this.#rememberedAtUs) {
      if (env.nowUs - atUs < TTL_US) continue;
      this.#rememberedAtUs.delete(key);
      this.answered.delete(key);
    }
    return super.handle(call, env);
  }
}

export const bug = plantedBug({
  how: 'A copy of a debit that arrives after the key has expired is a new debit',
  lookFor:
    'Compare how long keys are kept with how long a copy may be under way: queues that are replayed, people who press retry on Monday.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['money-conserved', 'status-is-true', 'all-or-nothing', 'at-most-once', 'nothing-after-the-end'],
  trigger: ['duplicate-request', 'delay-request'],
  seenIn: 'idempotency keys in Redis with a short time to live',
  wrong: transfers(
    'short-retention',
    'Keys are remembered for 30 s, copies come for ten minutes',
    () => new ShortRetention(new Bank(BANK)),
  ),
  right: transfers(
    'short-retention-corrected',
    'Keys outlive the longest delay',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
