// Any saga in a tiny world in which anything may happen: the world itself checks E1, E9 and E10 at every output.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyOutcome, anySaga } from './any-saga.ts';
import { SECOND } from './given.ts';
import { type Move, type Said, TinyWorld } from './tiny-world.ts';

const which = fc.nat(20);
const anySaid = fc.constantFrom<Said>('truth', 'truth', 'truth', 'append-unknown', 'later', 'nothing');

/** Mostly what moves a saga on, or nothing would be seen of its later life. */
const anyMove: fc.Arbitrary<Move> = fc.oneof(
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

const anyMoves = fc.array(anyMove, { maxLength: 80, size: 'max' });
const CREATE: Move = { kind: 'wish', wish: 'create' };

test('E1, E9, E10: no call leaves before its intent is known to be durable, whatever happens', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anySaga, anyMoves, (definition, moves) => {
      const world = new TinyWorld(definition);
      world.move(CREATE);
      for (const move of moves) world.move(move);
      for (const kind of Object.keys(world.counts)) seen.add(kind);
    }),
    { numRuns: 400 },
  );
  expect([...seen].sort()).toEqual(['answer', 'append', 'call', 'crash', 'ended', 'halt', 'load', 'wake']);
});

test('once all goes well, every saga ends, whatever happened before', () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(anySaga, anyMoves, (definition, moves) => {
      const world = new TinyWorld(definition);
      world.move(CREATE);
      for (const move of moves) world.move(move);
      world.heal();
      ends.add(world.state.status);
    }),
    { numRuns: 400 },
  );
  expect(ends).toEqual(new Set(['completed', 'compensated', 'failed']));
});

test('E9: the log of a saga never has a gap, nor an older writer after a newer one', () => {
  fc.assert(
    fc.property(anySaga, anyMoves, (definition, moves) => {
      const world = new TinyWorld(definition);
      world.move(CREATE);
      for (const move of moves) world.move(move);
      world.log.forEach(({ version, epoch }, i) => {
        expect(version).toBe(i + 1);
        expect(epoch).toBeGreaterThanOrEqual(world.log[i - 1]?.epoch ?? 0);
      });
    }),
  );
});
