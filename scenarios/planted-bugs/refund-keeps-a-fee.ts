// The saga is wrong, not the engine: its refund gives back what was paid less a fee. The step is compensated, the
// saga is compensated, and the customer is short of 1.50. Undone means: every account has back what it had.

import { defineSaga } from '../../engine/index.ts';
import { plantedBug } from './planted-bug.ts';
import { PRICE, purchaseSteps, shop } from './shop.ts';

const NAME = 'refund-keeps-a-fee';
const FEE = 1_50;

const withFee = defineSaga({
  name: 'purchase-with-fee',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    ...purchaseSteps,
    payment: { ...purchaseSteps.payment, compensationPayload: () => ({ amount: PRICE - FEE }) },
  },
});

export const bug = plantedBug({
  how: 'A compensation gives back less than its step took',
  mended: 'The refund is what was charged',
  lookFor:
    'Sum up charge and refund of every order that was called off. A fee is a step of its own, not a refund that gives back less.',
  caughtBy: ['all-or-nothing'],
  trigger: [],
  seenIn: 'refunds net of fees',
  wrong: shop({ name: NAME, title: 'The refund is 1.50 less than the charge', saga: withFee }),
  right: shop({ name: `${NAME}-corrected`, title: `${NAME}, done right` }),
});

export default bug.wrong;
