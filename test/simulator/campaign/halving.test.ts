// Successive halving, with candidates whose worth is known.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  halve,
  leastBudget,
  planRungs,
  runsOf,
  type Score,
  survivors,
} from '../../../simulator/campaign/halving.ts';
import { Seed } from '../../../simulator/kernel/random.ts';

interface Known {
  readonly worth: readonly [number, number];
  readonly breaks?: true;
}

/** The last one is on the front, and so is every tenth before it; the others are worse than all of these in both. */
const FRONT = [9, 19, 29, 39];
const KNOWN: readonly Known[] = Array.from({ length: 40 }, (_, i) => ({
  worth: FRONT.includes(i) ? [10 + i, 50 - i] : [60 + i, 160 - i],
}));

/** Measures with noise that more seeds make smaller, and counts runs. */
function laboratory(noise: number) {
  const seen: { readonly left: readonly Known[]; readonly seeds: number; readonly before: number }[] = [];
  const random = new Seed('laboratory').stream('noise');
  const trial = async (left: readonly Known[], seeds: number, before: number): Promise<readonly Score[]> => {
    seen.push({ left, seeds, before });
    return left.map(({ worth, breaks }) => ({
      objectives: worth.map((value) => value + ((random() - 0.5) * noise) / seeds),
      ...(breaks ? { fault: { invariant: 'at-most-once', seed: 'a/0' } } : {}),
    }));
  };
  return {
    seen,
    trial,
    runs: () => seen.reduce((sum, { left, seeds, before }) => sum + left.length * (seeds - before), 0),
  };
}

test('what is best is found, and the baseline is kept though everything is better', async () => {
  const { trial } = laboratory(40);
  const { finalists, standings } = await halve(KNOWN, planRungs(40, 400, 8)!, 8, trial);
  expect(finalists).toContain(KNOWN[0]);
  for (const i of FRONT) expect(finalists, `candidate ${i}`).toContain(KNOWN[i]);
  expect([finalists.length, standings.length]).toEqual([8, 40]);
});

test('each round has half of the candidates and twice the seeds', async () => {
  const { trial, seen, runs } = laboratory(0);
  await halve(KNOWN, planRungs(40, 400, 8)!, 8, trial);
  expect(seen.map(({ left, seeds, before }) => [left.length, seeds, before])).toEqual([
    [40, 5, 0],
    [20, 10, 5],
    [10, 20, 10],
  ]);
  expect(runs()).toBe(400);
});

test('no plan is over its budget, and none could begin with one more seed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 5_000 }),
      (candidates, budget) => {
        const rungs = planRungs(candidates, budget, 8);
        const least = leastBudget(candidates, 8);
        if (rungs === undefined) return budget < least;
        return runsOf(rungs) <= budget && (rungs.length === 0 || runsOf(rungs) + least > budget);
      },
    ),
  );
});

test('so few that all can be compared are not halved', async () => {
  expect(planRungs(8, 0, 8)).toEqual([]);
  const { trial, seen } = laboratory(0);
  const few = KNOWN.slice(0, 8);
  expect((await halve(few, [], 8, trial)).finalists).toBe(few);
  expect(seen).toEqual([]);
});

test('who breaks an invariant is out at once, however good; the baseline stays', async () => {
  const { trial } = laboratory(0);
  const cheat: Known = { worth: [0, 0], breaks: true };
  const candidates = [{ ...KNOWN[0]!, breaks: true as const }, ...KNOWN.slice(1), cheat];
  const { finalists, standings } = await halve(candidates, planRungs(41, 500, 8)!, 8, trial);
  expect(finalists[0]).toBe(candidates[0]);
  expect(finalists).not.toContain(cheat);
  expect(standings.find(({ candidate }) => candidate === cheat)).toMatchObject({
    seeds: planRungs(41, 500, 8)![0]!.seeds,
    fault: { invariant: 'at-most-once' },
  });
});

test('when it is stopped, it says how far it came', async () => {
  const { trial } = laboratory(0);
  let rounds = 0;
  const halved = await halve(KNOWN, planRungs(40, 400, 8)!, 8, async (...words) =>
    rounds++ === 1 ? undefined : trial(...words),
  );
  expect(halved.rungsDone).toBe(1);
  expect(halved.finalists).toHaveLength(20);
  expect(new Set(halved.standings.map(({ seeds }) => seeds))).toEqual(new Set([5]));
});

const score = (...objectives: readonly (number | undefined)[]): Score => ({ objectives });

test('of a rank that is cut, who is best in one respect stays, then who is near to the best in both', () => {
  const rank = [score(9, 9), score(0, 8), score(8, 0), score(3, 3), score(1, 7), score(2, 6)];
  expect(survivors(rank, 3)).toEqual([0, 1, 2]);
  expect(survivors(rank, 4)).toEqual([0, 1, 2, 3]);
});

test('what nobody measured is worse than any number', () => {
  expect(survivors([score(9, 9), score(undefined, 1), score(5, 1), score(6, 6)], 3)).toEqual([0, 2, 3]);
  expect(survivors([score(undefined, 1), score(undefined, 1)], 2)).toEqual([0, 1]);
});
