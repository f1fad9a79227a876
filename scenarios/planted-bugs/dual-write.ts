// A service writes to its database, and then to the broker: two writes, and nothing that makes them one. When it dies
// in between, the money is taken and nobody hears of it; delivered again, the event is known, and known events are
// answered with nothing. An order flow in Java saves the order, and then calls `eventPublisher.send`.

import type { Call, Outcome, Participant, ParticipantEnv } from '../../engine/index.ts';
import { choreographedOrders, type MakeService, reactive } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

const NOTHING: Outcome = { kind: 'applied', result: { events: [] } };

/** Its outbox is another database than its inbox. */
class TwoWrites implements Participant {
  readonly actions: readonly string[];
  readonly ledger: Participant['ledger'];
  readonly #service: Participant;
  readonly #handled = new Set<string>();
  readonly #published = new Map<string, Outcome>();

  constructor(service: Participant) {
    this.#service = service;
    this.actions = service.actions;
    this.ledger = service.ledger;
  }

  handle(call: Call, env: ParticipantEnv): Outcome {
    const published = this.#published.get(call.key);
    if (published !== undefined) return published;
    if (this.#handled.has(call.key)) return NOTHING;
    const outcome = this.#service.handle(call, env);
    if (outcome.kind !== 'applied') return outcome;
    this.#handled.add(call.key);
    env.commit();
    this.#published.set(call.key, outcome);
    return outcome;
  }
}

const twoWrites: MakeService = (...made) => new TwoWrites(reactive(...made));

export const bug = plantedBug({
  how: 'The effect is committed first and its event published after, so that a crash in between loses the event',
  mended:
    'Effect, inbox and outbox are one transaction, and what is in the outbox is published until it is heard.',
  lookFor:
    'Look for `save()` followed by `publish()`. Ask what has been written when the process dies between the two, and who would publish then.',
  reading: 'Richardson, _Microservices Patterns_, 2018, chapter 3.3.7 (transactional outbox)',
  caughtBy: ['every-saga-ends', 'messages-handled', 'all-or-nothing'],
  trigger: ['crash-inside'],
  seenIn:
    'an order flow in Java (`orderRepository.save(order)`, then `eventPublisher.send("order-events", event)`)',
  wrong: choreographedOrders({
    name: 'dual-write',
    title: 'A database and a broker, written one after the other',
    services: { payment: twoWrites, inventory: twoWrites, shipping: twoWrites },
  }),
  right: choreographedOrders({
    name: 'dual-write-corrected',
    title: 'An outbox beside the data',
  }),
});

export default bug.wrong;
