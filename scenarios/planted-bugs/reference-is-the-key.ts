// The key is compared without what was asked: the service knows a request by the customer's own reference, such as
// "rent", and whoever uses it a second time, for another amount, gets the answer to the first.

import type { Call } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class ReferenceIsTheKey extends Clerk {
  /** Each account has its own references, and there are only three. */
  protected override keyOf({ step, direction, payload }: Call): string {
    const { account, number } = payload as { readonly account: string; readonly number: number };
    return `${account}/${number % 3}/${step}/${direction}`;
  }
}

export const bug = plantedBug({
  how: 'Two transfers with the same reference are taken for one, whatever their amounts',
  lookFor:
    'Ask who chooses the text by which duplicates are recognised. If it is a customer, two payments with one reference are two payments.',
  caughtBy: ['status-is-true', 'all-or-nothing', 'money-conserved'],
  trigger: [],
  seenIn: 'payment interfaces that deduplicate by a reference or an order number that customers may reuse',
  wrong: transfers(
    'reference-is-the-key',
    "The customer's reference is the key, and the amount is not compared",
    () => new ReferenceIsTheKey(new Bank(BANK)),
  ),
  right: transfers(
    'reference-is-the-key-corrected',
    'Each operation has a key of its own',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
