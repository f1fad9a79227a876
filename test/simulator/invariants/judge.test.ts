// What counts as exercised: an invariant that had something to judge.

import { expect, test } from 'vitest';
import { everySagaEnds } from '../../../simulator/invariants/every-saga-ends.ts';
import type { Invariant } from '../../../simulator/invariants/invariant.ts';
import { Judge } from '../../../simulator/invariants/judge.ts';

const world = { participants: {}, files: () => [], log: () => [], epochOf: () => 0, isRefused: () => false };

function judgeOf(...hooks: readonly Omit<Invariant, 'id' | 'statement'>[]): Judge {
  const factories = hooks.map((hook, i) => () => ({ id: `i-${i}`, statement: 'Holds', ...hook }));
  return new Judge([...factories, everySagaEnds], world, () => 0);
}

test('that quiescence came does not count, unless the invariant says so', () => {
  const judge = judgeOf(
    { onQuiescence: () => undefined },
    { onQuiescence: () => undefined, onEnded: () => undefined },
    { onQuiescence: () => undefined, isExercised: () => true },
  );
  expect(judge.exercised).toEqual(['i-2']);
  judge.quiescence(world);
  expect(judge.exercised).toEqual(['i-2', 'every-saga-ends']);
});
