// What a live host tells whoever runs it, for logs and meters. Nothing has to be done about it, but for `halted`.

import type { CircuitChange } from '../core/policy.ts';
import type { SagaStatus } from '../core/saga-event.ts';

export type HostReport =
  /** A saga ended, or waits for a person, and that is durable. May come again with the same status. */
  | { readonly kind: 'ended'; readonly saga: string; readonly status: SagaStatus }
  /** The circuit of a service changed. */
  | ({ readonly kind: 'circuit' } & CircuitChange)
  /**
   * The host is over. A UserError `fenced`: another has taken its place. Anything else is a broken assumption, a bug of
   * the engine: its sagas are safe in the store, and a new host takes them up.
   */
  | { readonly kind: 'halted'; readonly error: Error };
