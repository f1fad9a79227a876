// An order as it comes over the wire, `order.json`: reserve the goods, charge the customer. Some customers cannot
// pay, and their goods go back on the shelf. Run an order of your own with `--saga order.json`.

import { sagaFromJson } from '../engine/index.ts';
import { inventory, payment } from '../participants-mock/index.ts';
import { defineScenario } from '../simulator/index.ts';
import order from './order.json' with { type: 'json' };

const PRICE = 99_99;
const { definition, input } = sagaFromJson(order);

export default defineScenario({
  name: 'order-processing',
  title: 'Reserve stock and charge for it: an order in plain JSON, two steps, one after the other',
  sagas: [definition],
  participants: ({ sagas }) => ({
    inventory: inventory({ items: { prod_123: 2 * Math.ceil(sagas * 0.95), prod_456: 1_000 } }),
    payment: payment({ customers: 10, openingBalance: PRICE * Math.ceil(sagas * 0.8) }),
  }),
  workload: () => ({ saga: definition, input }),
});
