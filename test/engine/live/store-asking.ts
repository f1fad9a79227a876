// What tests ask of any store: events, appends of one saga, their answers, a log.

import { setImmediate as turn } from 'node:timers/promises';
import type { AppendOutput } from '../../../engine/core/orchestrator-messages.ts';
import type { Store } from '../../../engine/core/ports.ts';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';

export const CREATED = {
  kind: 'saga-created',
  definition: 'd',
  definitionVersion: 3,
  input: { n: 1 },
} as const satisfies SagaEvent;
export const REQUESTED: SagaEvent = { kind: 'step-requested', step: 'a' };
export const COMPLETED: SagaEvent = { kind: 'saga-completed' };

export function appendOf(
  saga: string,
  epoch: number,
  events: readonly SagaEvent[],
  { expectedVersion = 0, atUs = 5 } = {},
): AppendOutput {
  return { kind: 'append', saga, number: 1, expectedVersion, epoch, atUs, events };
}

/** Asked for in one turn; the answers, in the order of the appends. */
export async function appendAll(store: Store, appends: readonly AppendOutput[]): Promise<readonly string[]> {
  const kinds: string[] = [];
  let due = appends.length;
  appends.forEach((append, i) => {
    store.append(append, {
      input: ({ kind }) => {
        kinds[i] = kind;
        due--;
      },
    });
  });
  while (due > 0) await turn();
  return kinds;
}

export function load(store: Store, saga: string): Promise<readonly StoredEvent[]> {
  return new Promise((resolve) => {
    store.load(
      { kind: 'load', saga, number: 1 },
      { input: (answer) => resolve(answer.kind === 'loaded' ? answer.events : []) },
    );
  });
}
