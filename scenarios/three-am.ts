// The 3 AM drill: 30 % of the orders of a shop are stuck. Three customers of ten pay by wallet, and the wallet provider goes
// away. Their charges fail, and so do the undos of these charges, which may have happened: the shop's policy is what people
// write first, so it gives up, and every such order waits for a person. docs/runbook.md walks through it, from the alert to the
// last order that is repaired; with the policy `resilient` nobody would have been woken.

import { defineSaga, policies } from '../engine/index.ts';
import { inventory, orders, payment } from '../participants-mock/index.ts';
import {
  defineScenario,
  type Incident,
  type RepairCommand,
  type WorkloadContext,
} from '../simulator/index.ts';

const PER_SECOND = 4;
const SECOND_US = 1_000_000;
const ITEMS = 20;
/** Of a thousand customers. */
const WALLET_PERMILLE = 300;

/** From the first minute on, for three: until somebody has been woken, has understood, and has brought it back. */
export const WALLET_AWAY: Incident = { kind: 'outage', service: 'wallet', fromMs: 60_000, forMs: 180_000 };

/** Once it is back: `sagastorm repair resume --all --status compensation_failed --by anna --act three-am --yes`. */
export const ONE_COMMAND: RepairCommand = {
  atMs: WALLET_AWAY.fromMs + WALLET_AWAY.forMs,
  act: 'resume',
  statuses: ['compensation_failed'],
  id: 'three-am',
  by: 'anna',
};

interface Basket {
  readonly productId: string;
  readonly quantity: number;
  readonly amount: number;
  readonly customer: string;
}

function checkout(name: string, service: 'card' | 'wallet') {
  return defineSaga({
    name,
    version: 1,
    policy: policies.naive,
    steps: {
      reserve: { service: 'inventory', action: 'reserve', compensation: 'release' },
      charge: {
        service,
        action: 'charge',
        compensation: 'refund',
        after: ['reserve'],
        payload: ({ input }) => ({
          amount: (input as Basket).amount,
          customer: (input as Basket).customer,
        }),
      },
      order: { service: 'orders', action: 'create', compensation: 'cancel', after: ['charge'] },
    },
  });
}

export const checkoutByCard = checkout('checkout-card', 'card');
export const checkoutByWallet = checkout('checkout-wallet', 'wallet');

export default defineScenario({
  name: 'three-am',
  title: 'Three in the morning: the wallet provider is away, and 30 % of the orders are stuck',
  sagas: [checkoutByCard, checkoutByWallet],
  sagasPerRun: 300 * PER_SECOND,
  incidents: [WALLET_AWAY],
  repairs: { commands: [ONE_COMMAND] },
  participants: ({ sagas }) => ({
    inventory: inventory({
      items: Object.fromEntries(Array.from({ length: ITEMS }, (_, i) => [`item-${i}`, sagas])),
    }),
    card: payment({ customers: 100 }),
    wallet: payment({ customers: 100 }),
    orders: orders(),
  }),
  workload: (context) => {
    const { int } = context;
    const input: Basket = {
      productId: `item-${int('item', ITEMS)}`,
      quantity: 1,
      amount: 1 + int('amount', 300_00),
      customer: `c-${int('customer', 100)}`,
    };
    const saga = int('wallet', 1_000) < WALLET_PERMILLE ? checkoutByWallet : checkoutByCard;
    return { saga, input, startAtUs: arrivalUs(context) };
  },
});

/** Four a second, each at any time of its quarter. */
function arrivalUs({ index, int }: WorkloadContext): number {
  const slotUs = SECOND_US / PER_SECOND;
  return index * slotUs + int('arrival', slotUs);
}
