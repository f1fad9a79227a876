// Any saga in a tiny world in which anything may happen, and people repair it meanwhile: with any act, twice, over crashes
// and takeovers. The world checks E1, E5, E9 and E10 at every output, and that what was granted stands in the log.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy } from '../../../engine/core/policy.ts';
import { isCommitted, type SagaState } from '../../../engine/core/saga.ts';
import { foldChecked } from '../../../simulator/invariants/legal-transitions.ts';
import { anyMove, anyRepair } from './any-move.ts';
import { anySaga } from './any-saga.ts';
import { SECOND, THREE_TIMES } from './given.ts';
import { type Move, TinyWorld } from './tiny-world.ts';

/** Nothing is tried twice that need not be: undos are given up often. */
const ONCE: Policy = { ...THREE_TIMES, retryDelayUs: ({ endless }) => (endless ? SECOND : -1) };
const CREATE: Move = { kind: 'wish', wish: 'create' };
const anyMoves = fc.array(fc.oneof({ weight: 6, arbitrary: anyMove }, { weight: 1, arbitrary: anyRepair }), {
  maxLength: 90,
  size: 'max',
});

test('any acts, crashes and replies leave a log that both folds call legal, with each act in it once', () => {
  const seen = new Set<string>();
  const answers = new Set<string>();
  fc.assert(
    fc.property(anySaga, anyMoves, (definition, moves) => {
      const world = new TinyWorld(definition, ONCE);
      world.move(CREATE);
      for (const move of moves) world.move(move);
      world.heal();
      const { illegal, state } = foldChecked(
        definition,
        's-1',
        world.log.map(({ event }) => event),
      );
      expect(illegal).toBeUndefined();
      expect(state).toEqual(world.state);
      const ids = state.acts.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { act } of state.acts) seen.add(act);
      for (const answer of Object.keys(world.answers)) answers.add(answer);
      seen.add(state.status);
      claimsNoMore(state);
    }),
    { numRuns: 2_000 },
  );
  const ends = ['completed', 'compensated', 'failed', 'resolved'];
  expect([...seen].sort()).toEqual([...ends, 'compensate', 'resolve', 'resume', 'retry', 'skip'].sort());
  expect([...answers].sort()).toEqual(['accepted', 'done-before', 'refused']);
});

/** Whoever skipped something is told so to the end; and only then, or by name, a saga is resolved. */
function claimsNoMore(state: SagaState): void {
  const statuses = state.steps.map(({ status }) => status);
  const isSkipped = statuses.includes('skipped');
  if (isSkipped) expect(state.status).toBe('resolved');
  if (state.status !== 'resolved' || state.acts.some(({ act }) => act === 'resolve')) return;
  const settled = isCommitted(state)
    ? ['applied', 'skipped']
    : ['pending', 'rejected', 'compensated', 'skipped'];
  const looks = state.definition.steps.map(
    ({ hasEffects }, i) => !hasEffects || settled.includes(statuses[i]!),
  );
  expect(looks).not.toContain(false);
}
