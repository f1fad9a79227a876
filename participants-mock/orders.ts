// The shop's orders: made when all is paid for, cancelled when the rest fails.

import type { Participant } from '../engine/core/protocol.ts';
import { type FenceOptions, fenced } from '../engine/fence/index.ts';
import type { Failing } from './answers.ts';
import { Registry } from './registry.ts';

/** How often an order is refused. */
export interface OrdersOptions extends FenceOptions {
  /** How many orders are refused for good (`business`): what forces a refund. Default none. */
  readonly createFails?: Failing;
}

/**
 * Orders behind their fence. `create` with any payload gives `{ order: 'order-<saga>' }`; `cancel` undoes it.
 *
 * @throws UserError `bad-option`.
 * @example
 * const participant = orders({ createFails: { permille: 300 } });
 */
export function orders(options: OrdersOptions = {}): Participant {
  return fenced(new Registry({ ...options, noun: 'order' }), options);
}
