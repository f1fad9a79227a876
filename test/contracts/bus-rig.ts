// What the acceptance suite of event buses asks of whatever brings a bus about: to play transactions in some weather, and to
// say what became of them. And what is the same for all of them: the services, with ears that hear what arrives.

import {
  type Choreography,
  defineChoreography,
  eventBus,
  type PublishedEvent,
  ReactiveService,
} from '../../engine/choreography/index.ts';
import type { Call, Outcome, Participant, ParticipantEnv } from '../../engine/index.ts';
import { NO, Obedient, SPEC } from '../engine/choreography/order-flow.ts';

/** What goes wrong while transactions run, each by itself: whoever survives the mixture may owe it to luck. */
export const WEATHERS = [
  'requests are lost',
  'answers are lost',
  'messages come twice',
  'messages are overtaken',
  'messages lag',
  'a service is cut off',
  'the process dies',
] as const;
export type Weather = (typeof WEATHERS)[number];

/** Weathers in which services are told again what they have heard: one effect is then the inbox's doing. */
export const REPEATING: readonly Weather[] = [
  'answers are lost',
  'messages come twice',
  'messages are overtaken',
  'the process dies',
];

/** A delivery, when it arrived at its service. */
export interface Delivery {
  readonly saga: string;
  readonly service: string;
  readonly event: PublishedEvent;
}

/** What became of some transactions. */
export interface BusRun {
  /** How each ended, in the order in which they were begun. */
  readonly statuses: readonly string[];
  /** What services did, `<transaction> <action>`, in order. */
  readonly effects: readonly string[];
  /** What services were told, in order. */
  readonly heard: readonly Delivery[];
  /** How often the weather struck. */
  readonly struck: number;
}

/** A bus, and the world around it. */
export interface BusRig {
  /** Begins transactions `s-0`, `s-1`, …, and waits until all have ended. */
  play(transactions: number, weather: Weather): Promise<BusRun>;
  /**
   * The same in fair weather, with an inventory that refuses what it hears for good, until somebody has taught it and the dead
   * letters come again. `struck` are the refusals.
   */
  playDeadLetters(transactions: number): Promise<BusRun>;
}

const { shipping, ...others } = SPEC.services;

/** An order. Shipping hears of one event and of what followed from it, so that order is something that can be got wrong. */
export const flow: Choreography = defineChoreography({
  ...SPEC,
  services: {
    ...others,
    shipping: shipping!.map((reaction) =>
      reaction.does === 'ship' ? { ...reaction, when: ['payment-succeeded', 'stock-reserved'] } : reaction,
    ),
  },
});
export const definition = eventBus(flow);

const POISON: Outcome = { kind: 'rejected', failure: 'invalid_request', reason: 'schema 2' };

/** Three services whose data outlives every process of the bus. Every third order is refused by shipping. */
export class Shop {
  readonly heard: Delivery[] = [];
  readonly effects: string[] = [];
  /** Deliveries that the inventory refused for good. */
  refused = 0;
  readonly services: Readonly<Record<string, Participant>>;
  readonly #isTaught: (env: ParticipantEnv) => boolean;

  constructor(isTaught: (env: ParticipantEnv) => boolean = () => true) {
    this.#isTaught = isTaught;
    this.services = Object.fromEntries(
      Object.keys(flow.services).map((service) => [service, this.#service(service)] as const),
    );
  }

  #service(service: string): Participant {
    const books = new Obedient();
    books.answer = ({ saga, action }) => {
      if (action === 'ship' && isRefused(saga)) return NO;
      this.effects.push(`${saga} ${action}`);
      return { kind: 'applied' };
    };
    const reactive = new ReactiveService(service, books, [flow]);
    return {
      actions: reactive.actions,
      ledger: reactive.ledger,
      handle: (call, env) => this.#hear(call, env, reactive),
      forget: (saga) => reactive.forget(saga),
    };
  }

  #hear(call: Call, env: ParticipantEnv, reactive: ReactiveService): Outcome {
    const { saga, service } = call;
    if (service === 'inventory' && !this.#isTaught(env)) {
      this.refused++;
      return POISON;
    }
    this.heard.push({ saga, service, event: call.payload as PublishedEvent });
    return reactive.handle(call, env);
  }
}

/** Whether shipping refuses it. */
export function isRefused(saga: string): boolean {
  return Number(saga.slice(2)) % 3 === 0;
}
