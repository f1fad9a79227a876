// What the author of a client under test writes: a module that makes it, once for each life of a process of the engine.

import type { ServiceClient } from '../../engine/live/service-client.ts';

/** What a client finds when the process of the engine that it lives in starts. */
export interface ClientStart {
  /** The name of the service in the scenario. */
  readonly service: string;
  /** Where the service is: what is asked below it goes there over the network of the run. */
  readonly baseUrl: string;
  /** What the scenario passed as `data`. */
  readonly data: unknown;
}

/** A client that is ready. */
export interface StartedClient {
  /** The function that {@link ClientTransport} takes in production. What it throws is `unknown`, as there. */
  readonly ask: ServiceClient;
  /** Answers what it asks of anybody else, such as a server of tokens: see {@link StartedService.outgoing}. */
  outgoing?(request: Request): Response | undefined | Promise<Response | undefined>;
}

/**
 * Makes a client; a module exports it as `client`. What is in it is lost when its process dies.
 *
 * @example
 * export const client: StartClient = ({ baseUrl }) => {
 *   const payments = new PaymentClient(baseUrl);
 *   return { ask: ({ payload, key }, { signal }) => payments.charge(payload as Order, { key, signal }) };
 * };
 */
export type StartClient = (start: ClientStart) => StartedClient | Promise<StartedClient>;
