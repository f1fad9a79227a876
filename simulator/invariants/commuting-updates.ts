// Part of `isolation`: I7. A step that is declared a commutative update adds, and what it adds depends on nothing but what
// it was asked: the same request must add the same wherever it comes in the line.

import { measureOf } from '../../engine/core/countermeasure.ts';
import type { StepDefinition } from '../../engine/core/define-saga.ts';
import type { Call, LedgerEntry } from '../../engine/core/protocol.ts';

/** So many different requests are remembered; of more, the first ones are enough to go by. */
const REQUESTS_MAX = 10_000;

export class CommutingUpdates {
  /** By operation: the hash of what was asked last. */
  readonly #asked = new Map<string, number>();
  /** By service, action, record and hash of the request: what it adds. */
  readonly #added = new Map<string, number>();

  /** A call came to a participant. */
  called(call: Call, step: StepDefinition): void {
    if (measureOf(step, 'commutative-update') === undefined) return;
    this.#asked.set(operationOf(call), call.payloadHash);
  }

  /** What is wrong with an effect of a step, or undefined. */
  check(entry: LedgerEntry, step: StepDefinition, service: string): string | undefined {
    if (measureOf(step, 'commutative-update') === undefined) return undefined;
    const { action, direction } = entry;
    const hash = this.#asked.get(operationOf(entry)); // not known where another protocol asks for it under another name
    for (const { record, added } of entry.touched ?? []) {
      if (added === undefined) return `${action} is declared commutative, and relies on what is in ${record}`;
      if (hash === undefined) continue;
      const request = `${service} ${action} ${direction} ${record} ${hash}`;
      const before = this.#added.get(request);
      if (before === undefined) {
        if (this.#added.size < REQUESTS_MAX) this.#added.set(request, added);
      } else if (before !== added) {
        return `${action} is declared commutative, and added ${added} to ${record} where the same request added ${before}`;
      }
    }
    return undefined;
  }

  /** Nothing more is asked for the saga. */
  ended(saga: string, steps: readonly StepDefinition[]): void {
    if (this.#asked.size === 0) return;
    for (const { name } of steps)
      for (const direction of ['forward', 'compensation'] as const)
        this.#asked.delete(operationOf({ saga, step: name, direction }));
  }
}

function operationOf({ saga, step, direction }: Pick<Call, 'saga' | 'step' | 'direction'>): string {
  return `${saga} ${step} ${direction}`;
}
