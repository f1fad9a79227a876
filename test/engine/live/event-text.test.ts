// Events as text: the same as JSON.stringify, whatever they are.

import { expect, test } from 'vitest';
import { plainStepEvents, type SagaEvent } from '../../../engine/core/saga-event.ts';
import { textOf } from '../../../engine/live/event-text.ts';

const plain = plainStepEvents('pay');
const reason = { kind: 'step-failed', step: 'pay', failure: 'business', reason: 'no "luck"' } as const;
const LISTS: readonly (readonly SagaEvent[])[] = [
  [],
  plain.requested,
  [
    { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: { a: [1, null, 'ü\n'] } },
    ...plain.requested,
  ],
  [...plain.applied, ...plainStepEvents('ship').requested],
  [{ kind: 'step-applied', step: 'pay', result: { id: 7 } }, { kind: 'saga-completed' }],
  [{ kind: 'step-applied', step: 'pay', result: undefined }],
  [{ kind: 'compensation-started', reason }, ...plain.compensationRequested],
  [...plain.compensated, { kind: 'saga-compensated' }],
];

test('the text of events is what JSON.stringify makes of them, the first time and every time', () => {
  for (const events of [...LISTS, ...LISTS]) expect(textOf(events)).toBe(JSON.stringify(events));
});

test('the text of an event that is made anew is not that of an earlier one', () => {
  const applied = (id: number): readonly SagaEvent[] => [
    { kind: 'step-applied', step: 'pay', result: { id } },
  ];
  expect([textOf(applied(1)), textOf(applied(2))]).toEqual([
    JSON.stringify(applied(1)),
    JSON.stringify(applied(2)),
  ]);
});
