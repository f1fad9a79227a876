// What a live host tells whoever runs it, for logs and meters. Nothing has to be done about it, but for `halted`.

import type { CircuitChange } from '../core/policy.ts';
import type { Batch, SagaStatus, StoredEvent } from '../core/saga-event.ts';

/** What a host tells whoever watches it, for meters and logs; nothing of the sagas depends on it. */
export type HostReport =
  /** The store says that these events are durable. */
  | { readonly kind: 'written'; readonly batch: Batch }
  /**
   * What the log of a saga says so far, which was read: when it was taken up, or when the store was not sure of an append.
   * Oldest first; empty when there is none.
   */
  | { readonly kind: 'read'; readonly log: readonly StoredEvent[] }
  /** A saga ended, or waits for a person, and that is durable. May come again with the same status. */
  | { readonly kind: 'ended'; readonly saga: string; readonly status: SagaStatus }
  /** The circuit of a service changed. */
  | ({ readonly kind: 'circuit' } & CircuitChange)
  /**
   * The host is over. A UserError `fenced`: another has taken its place. Anything else is a broken assumption, a bug of
   * the engine: its sagas are safe in the store, and a new host takes them up.
   */
  | { readonly kind: 'halted'; readonly error: Error };

/** What a host does with its reports unless it is told otherwise. */
export function warn(report: HostReport): void {
  if (report.kind === 'halted') process.emitWarning(report.error);
}
