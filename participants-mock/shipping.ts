// A carrier: shipments are created and, while nothing has left, cancelled.

import type { Participant } from '../engine/core/protocol.ts';
import { type FenceOptions, fenced } from '../engine/fence/index.ts';
import type { Failing } from './answers.ts';
import { Registry } from './registry.ts';

/** How often a shipment is refused. */
export interface ShippingOptions extends FenceOptions {
  /** How many shipments are refused for good (`business`), as for an address out of reach. Default none. */
  readonly createFails?: Failing;
}

/**
 * A carrier behind its fence. `create` with any payload gives `{ shipment: 'ship-<saga>' }`; `cancel` undoes it.
 *
 * @throws UserError `bad-option`.
 * @example
 * const participant = shipping();
 */
export function shipping(options: ShippingOptions = {}): Participant {
  return fenced(new Registry({ ...options, noun: 'shipment', prefix: 'ship' }), options);
}
