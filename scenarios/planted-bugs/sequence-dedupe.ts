// Removes duplicates by sequence number: whatever is not higher than the highest number seen of an account must have
// been here before. True on one ordered connection; on any other network a request that was overtaken is dropped, and
// its sender told that all is well.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { APPLIED, Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class SequenceDedupe extends Clerk {
  readonly #highest = new Map<string, number>();

  protected override recall(call: Call, env: ParticipantEnv): Outcome | undefined {
    const known = super.recall(call, env);
    if (known !== undefined || call.direction === 'compensation') return known;
    const { account, number } = call.payload as { readonly account: string; readonly number: number };
    const highest = this.#highest.get(account) ?? -1;
    if (number < highest) return APPLIED;
    this.#highest.set(account, number);
    return undefined;
  }
}

export const bug = plantedBug({
  how: 'A transfer that was overtaken by a later one is taken for a repetition and dropped',
  lookFor:
    'Look for a highest number that was seen, per sender. A message that was overtaken is then taken for a duplicate.',
  caughtBy: ['status-is-true', 'all-or-nothing', 'money-conserved'],
  trigger: [],
  seenIn: 'consumers that keep a high-water mark per partition key while producers retry out of order',
  wrong: transfers(
    'sequence-dedupe',
    'A lower sequence number is taken for a repetition',
    () => new SequenceDedupe(new Bank(BANK)),
  ),
  right: transfers(
    'sequence-dedupe-corrected',
    'Only the same key is a repetition',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
