// The rig of the simulated bus: the same services in virtual time, where weather is one of the simulator's faults.

import {
  defineScenario,
  type InvariantFactory,
  messagesHandled,
  type Profile,
  profiles,
  simulate,
} from '../../simulator/index.ts';
import { type BusRig, definition, Shop, type Weather } from './bus-rig.ts';

const ODDS = 300_000;
/** Which faults a weather is made of, in parts per million of the points at which they can strike. */
const FAULTS: Readonly<Record<Weather, Profile['ceilingPpm']>> = {
  'requests are lost': { 'drop-request': ODDS },
  'answers are lost': { 'drop-reply': ODDS },
  'messages come twice': { 'duplicate-request': ODDS, 'duplicate-reply': ODDS, 'late-duplicate': ODDS },
  'messages are overtaken': { reorder: ODDS, 'delay-request': ODDS },
  'messages lag': { 'delay-request': ODDS, 'delay-reply': ODDS },
  'a service is cut off': { partition: ODDS },
  'the process dies': { 'orchestrator-crash': ODDS, takeover: ODDS },
};

/** When somebody has taught the inventory. */
const TAUGHT_US = 300_000_000;

export const simulatedBus: BusRig = {
  async play(transactions, weather) {
    const { shop, statuses, delivered } = simulated(transactions, FAULTS[weather], () => new Shop());
    return { ...shop, statuses, struck: delivered };
  },
  async playDeadLetters(transactions) {
    const { shop, statuses } = simulated(transactions, {}, () => new Shop(({ nowUs }) => nowUs >= TAUGHT_US));
    return { ...shop, statuses, struck: shop.refused };
  },
};

function simulated(transactions: number, ceilingPpm: Profile['ceilingPpm'], open: () => Shop) {
  let shop = open();
  const statuses: string[] = [];
  const noted: InvariantFactory = () => ({
    id: 'ends-are-noted',
    statement: 'How each transaction ended is noted',
    onEnded: ({ status }, _log, { saga }) => {
      statuses[Number(saga.slice(2))] = status;
    },
  });
  const scenario = defineScenario({
    name: 'bus',
    title: 'What the acceptance suite of buses plays',
    sagas: [definition],
    participants: () => {
      shop = open();
      return shop.services;
    },
    workload: () => ({ saga: definition, input: { amount: 1 } }),
    invariants: [messagesHandled, noted],
  });
  const profile: Profile = { ...profiles.storm, ceilingPpm };
  const { faultsDelivered } = simulate(scenario, { seed: 'bus', sagas: transactions, profile });
  const delivered = Object.values(faultsDelivered).reduce((sum, times) => sum + times, 0);
  return { shop, statuses, delivered };
}
