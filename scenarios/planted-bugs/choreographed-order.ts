// The choreographed order of a shop, for the planted bugs of event-driven services: payment, inventory and shipping react to
// one another, and a till that knows nothing of duplicates leaves them to the inbox.

import { type Choreography, eventBus, ReactiveService } from '../../engine/choreography/index.ts';
import type { Call, Outcome, Participant } from '../../engine/index.ts';
import { inventory, LedgerBook, orders, shipping } from '../../participants-mock/index.ts';
import { defineScenario, messagesHandled, type Scenario } from '../../simulator/index.ts';
import { orderChoreography } from '../order.ts';
import { SAGAS } from './planted-bug.ts';

const PRICE = 10_00;

/** Charges and refunds as often as it is asked. */
export class Till implements Participant {
  readonly actions = ['charge', 'refund'];
  readonly ledger = new LedgerBook();
  readonly #customers = this.ledger.open('customers', 1_000_00);
  readonly #shop = this.ledger.open('shop', 0);

  handle(call: Call): Outcome {
    if (call.action === 'charge') this.ledger.move(call, this.#customers, this.#shop, PRICE);
    else this.ledger.move(call, this.#shop, this.#customers, PRICE);
    return { kind: 'applied' };
  }
}

/** Makes the service that an event is delivered to. */
export type MakeService = (
  participant: Participant,
  choreography: Choreography,
  service: string,
) => Participant;

export interface ChoreographedOrders {
  readonly name: string;
  readonly title: string;
  /** Default: that of the scenario `order`. */
  readonly choreography?: Choreography;
  /** Services of one's own, by name. Default: a reactive service. */
  readonly services?: Readonly<Record<string, MakeService>>;
}

export function choreographedOrders(spec: ChoreographedOrders): Scenario {
  const { name, title, choreography = orderChoreography, services = {} } = spec;
  const order = eventBus(choreography);
  return defineScenario({
    name,
    title,
    sagas: [order],
    sagasPerRun: SAGAS,
    participants: () =>
      Object.fromEntries(
        Object.entries({
          orders: orders(),
          payment: new Till(),
          inventory: inventory({ items: { lamp: SAGAS } }),
          shipping: shipping({ createFails: { permille: 300 } }),
        }).map(([service, one]) => {
          const make = services[service] ?? reactive;
          return [service, make(one, choreography, service)];
        }),
      ),
    workload: () => ({ saga: order, input: { productId: 'lamp', quantity: 1 } }),
    invariants: [messagesHandled],
  });
}

export const reactive: MakeService = (participant, choreography, service) =>
  new ReactiveService(service, participant, [choreography]);
