// messages-handled: what it accuses, and what it lets pass.

import { expect, test } from 'vitest';
import { choreographyOf, eventBus } from '../../../engine/choreography/index.ts';
import type { SagaEvent } from '../../../engine/index.ts';
import type { CaseFile, LogView, WorldView } from '../../../simulator/invariants/invariant.ts';
import { messagesHandled } from '../../../simulator/invariants/messages-handled.ts';
import { sequence } from '../../engine/core/given.ts';

const definition = eventBus(choreographyOf(sequence('a', 'b')));
const asked = (step: string): SagaEvent => ({ kind: 'step-requested', step });
const handled = (step: string, ...types: readonly string[]): SagaEvent => ({
  kind: 'step-applied',
  step,
  result: { events: types.map((type) => ({ type })) },
});
const BEGUN = [asked('svc-on-requested'), handled('svc-on-requested', 'a-applied')];

test.each([
  [
    'all that was published was handled',
    [...BEGUN, asked('svc-on-a-applied'), handled('svc-on-a-applied', 'b-applied')],
    undefined,
  ],
  ['an event was never delivered', BEGUN, 'ended, and "a-applied" was never delivered to svc'],
  [
    'a delivery was under way',
    [...BEGUN, asked('svc-on-a-applied')],
    'ended while svc-on-a-applied was under way',
  ],
] as const)('%s', (_, events, accusation) => {
  const accused: string[] = [];
  const invariant = messagesHandled({ violated: (message) => accused.push(message) }, {} as WorldView);
  invariant.onEnded!({} as never, { events } as unknown as LogView, { definition } as CaseFile);
  expect(accused[0]).toBe(accusation);
});
