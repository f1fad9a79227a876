// The graph of a saga's steps, compared with one computed by the plainest means there are.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGraph } from '../../../engine/core/step-graph.ts';
import { UserError } from '../../../engine/core/user-error.ts';

/** For each of up to eight steps, any steps at all that it comes after, itself included. */
const anyEdges = fc
  .integer({ min: 1, max: 8 })
  .chain((n) => fc.array(fc.uniqueArray(fc.nat(n - 1), { maxLength: 3 }), { minLength: n, maxLength: n }));

type Edges = readonly (readonly number[])[];

function stepsOf(edges: Edges) {
  return edges.map((after, i) => ({ name: `s${i}`, after: after.map((j) => `s${j}`) }));
}

/** reaches[i][j]: j comes after i, by trying every step in between (Warshall). */
function reachability(edges: Edges): readonly (readonly boolean[])[] {
  const reaches = edges.map((_, i) => edges.map((after) => after.includes(i)));
  for (const k of edges.keys())
    for (const i of edges.keys())
      for (const j of edges.keys()) reaches[i]![j] ||= reaches[i]![k]! && reaches[k]![j]!;
  return reaches;
}

test('E3: descendants are all that comes after, directly or not', () => {
  fc.assert(
    fc.property(anyEdges, (any) => {
      const edges = any.map((after, i) => after.filter((j) => j < i)); // no cycle
      const reaches = reachability(edges);
      const compiled = compileGraph('g', stepsOf(edges));
      expect(compiled.map(({ after }) => after)).toEqual(edges);
      expect(compiled.map(({ descendants }) => descendants)).toEqual(
        reaches.map((row) => row.flatMap((reached, j) => (reached ? [j] : []))),
      );
    }),
    { numRuns: 500 },
  );
});

test('E12: a graph is refused if and only if a step comes after itself, and the way around is named', () => {
  fc.assert(
    fc.property(anyEdges, (edges) => {
      const cyclic = reachability(edges).some((row, i) => row[i]);
      let cycle: string | undefined;
      try {
        compileGraph('g', stepsOf(edges));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        cycle = (error as UserError).message.split('one another: ')[1];
      }
      expect(cycle !== undefined).toBe(cyclic);
      if (cycle === undefined) return;
      // Read it back: each step of the cycle comes before the next, and the last is the first.
      const names = cycle.split(' → ').map((name) => Number(name.slice(1)));
      expect(names.length).toBeGreaterThan(1);
      expect(names.at(-1)).toBe(names[0]);
      for (let i = 1; i < names.length; i++) expect(edges[names[i]!]).toContain(names[i - 1]);
    }),
    { numRuns: 1000 },
  );
});

test('E12: an unknown name is refused, and the known ones are listed', () => {
  const compile = () =>
    compileGraph('g', [
      { name: 'a', after: [] },
      { name: 'b', after: ['A'] },
    ]);
  expect(compile).toThrow('saga "g", step "b": after names "A", which is not a step');
  try {
    compile();
  } catch (error) {
    expect(error).toMatchObject({ code: 'unknown-step', hint: 'Steps are: a, b.' });
  }
});

test('a long chain is compiled', () => {
  const chain = compileGraph('g', stepsOf(Array.from({ length: 300 }, (_, i) => (i === 0 ? [] : [i - 1]))));
  expect(chain[0]!.descendants.length).toBe(299);
  expect(chain[299]!.descendants).toEqual([]);
});
