// Any saga in a tiny world in which anything may happen: the world itself checks E1, E9 and E10 at every output.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyMove } from './any-move.ts';
import { anySaga } from './any-saga.ts';
import { type Move, TinyWorld } from './tiny-world.ts';

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
