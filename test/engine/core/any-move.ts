// Anything that may happen in a tiny world, and acts of people beside it.

import fc from 'fast-check';
import { REPAIR_KINDS } from '../../../engine/core/repair-act.ts';
import { anyOutcome } from './any-saga.ts';
import { SECOND } from './given.ts';
import type { Move, Said } from './tiny-world.ts';

const which = fc.nat(20);
const anySaid = fc.constantFrom<Said>('truth', 'truth', 'truth', 'append-unknown', 'later', 'nothing');

/** Mostly what moves a saga on, or nothing would be seen of its later life. */
export const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      which,
      written: fc.constantFrom(true, true, true, false),
      said: anySaid,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('late' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('load' as const),
      which,
      said: fc.constantFrom('loaded' as const, 'loaded' as const, 'load-failed' as const, 'nothing' as const),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('reply' as const), which, outcome: anyOutcome }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('wake' as const),
      afterUs: fc.oneof(fc.constant('next' as const), fc.nat(12 * SECOND)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wish' as const),
      wish: fc.constantFrom('create' as const, 'cancel' as const, 'retry' as const, 'resume' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), land: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Move>({ kind: 'fence' }) },
);

/** Few ids, so that many are used again: for the same act, and for another. */
export const anyRepair: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('repair' as const),
  act: fc.constantFrom(...REPAIR_KINDS),
  id: fc.nat(7).map((n) => `act-${n}`),
  step: fc.option(fc.nat(7), { freq: 1, nil: undefined }),
});
