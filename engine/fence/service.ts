// A service and its fence make a participant. The two are separate so that the effects, and the ledger entries
// that they write, know nothing of duplicates: what happens twice stands in the ledger twice.

import type { Call, Ledger, Participant } from '../core/protocol.ts';
import { type Effects, Fence, type FenceOptions } from './fence.ts';

/** Everything of a participant but its fence. */
export interface Service extends Effects {
  /** The actions that it understands, forward and compensation. */
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  /** As of a participant: what the service keeps in memory only is gone. What its fence remembers is durable. */
  restart?(): void;
  /** As of a participant: what two-phase commit would lock. */
  records?(call: Call): readonly string[];
}

/**
 * Puts a service behind a fence of its own.
 *
 * @throws UserError `bad-retention`, see {@link FenceOptions}.
 * @example
 * participants: () => ({ seats: fenced(new Seats({ rows: 30 })) }),
 */
export function fenced(service: Service, options?: FenceOptions): Participant {
  const fence = new Fence(service, options);
  return {
    actions: service.actions,
    ledger: service.ledger,
    handle: (call, env) => fence.handle(call, env),
    forget: (saga) => fence.forget(saga),
    ...(service.restart === undefined ? {} : { restart: () => service.restart?.() }),
    ...(service.records === undefined ? {} : { records: (call: Call) => service.records!(call) }),
  };
}
