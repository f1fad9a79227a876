// Puts one planted bug to the test, in a thread of its own: how soon the default storm finds it, how small its plan
// becomes, whether one fault alone brings it out, and whether the corrected twin stays silent.

import { performance } from 'node:perf_hooks';
import type { PlantedBug } from '../../scenarios/planted-bugs/planted-bug.ts';
import { SAGAS } from '../../scenarios/planted-bugs/planted-bug.ts';
import { extensions, type PlanRunner } from '../../simulator/explore/exhaustive.ts';
import { type Reproduction, type Shrunk, shrink } from '../../simulator/explore/shrink.ts';
import {
  type FaultPlan,
  profiles,
  type RunResult,
  type Scenario,
  simulate,
  type Violation,
} from '../../simulator/index.ts';

export interface Examination {
  readonly file: string;
  /** Root seeds from which the bug is searched. */
  readonly roots: readonly string[];
  /** Seeds per root, at most. */
  readonly seedsMax: number;
  /** Seeds under which the corrected twin must be silent. */
  readonly twinSeeds: number;
}

/** What became of one bug. */
export interface Exhibit {
  readonly name: string;
  readonly how: string;
  readonly seenIn: string;
  readonly trigger: readonly string[];
  /** The invariant that caught it from the first root, and what it said; undefined when it escaped. */
  readonly caughtBy: string | undefined;
  /** Per root, how many seeds were needed; undefined where it escaped. */
  readonly seeds: readonly (number | undefined)[];
  /** The smallest plan: shrunk from what the storm found, or found by exploring. */
  readonly plan: FaultPlan;
  readonly sagas: number;
  /** Whether every plan that was shrunk is 1-minimal. */
  readonly isMinimal: boolean;
  /** Whether one fault by itself, or none, brings it out for one saga or two: what `explore` finds. */
  readonly isExplored: boolean;
  /** What the twin was accused of. */
  readonly accusations: readonly { readonly seed: string; readonly violation: Violation }[];
  readonly runs: number;
  readonly searchMs: number;
  readonly shrinkMs: number;
  readonly wallMs: number;
}

/** A plan of so many faults is understood as it is; until one is found, so many finds are shrunk. */
const READABLE = 3;
const SHRINKS_MAX = 2;

interface Find {
  readonly seed: string;
  readonly result: RunResult;
  readonly violation: Violation;
}

/** Examines the bug in a file. */
export async function examine({ file, roots, seedsMax, twinSeeds }: Examination): Promise<Exhibit> {
  const { bug } = (await import(file)) as { readonly bug: PlantedBug };
  const start = performance.now();
  let runs = 0;
  const storm = (scenario: Scenario, seed: string, more: Partial<Reproduction> = {}): RunResult => {
    runs++;
    return simulate(scenario, { seed, sagas: SAGAS, profile: profiles.storm, keepPlan: false, ...more });
  };

  const search = (root: string): readonly [seeds: number | undefined, find: Find | undefined] => {
    for (let i = 0; i < seedsMax; i++) {
      const seed = `${root}/${i}`;
      const { violations } = storm(bug.wrong, seed);
      const violation = violations.find(({ invariant }) => bug.caughtBy.includes(invariant));
      if (violation === undefined) continue;
      const result = simulate(bug.wrong, { seed, sagas: SAGAS, profile: profiles.storm });
      return [i + 1, { seed, result, violation }];
    }
    return [undefined, undefined];
  };
  const searches = roots.map(search);
  const searchMs = performance.now() - start;
  const searched = runs;

  const explored = explore(bug);
  const shrinkStart = performance.now();
  const small = shrinkSome(
    bug,
    searches.flatMap(([, find]) => find ?? []),
  );
  const shrinkMs = (performance.now() - shrinkStart) / Math.max(1, small.length);
  const [smallest] = [...(explored === undefined ? [] : [explored]), ...small].sort(
    (a, b) => a.plan.length - b.plan.length || a.only.length - b.only.length,
  );

  const accusations = Array.from({ length: twinSeeds }, (_, i) => `twin/${i}`).flatMap((seed) => {
    const [violation] = storm(bug.right, seed).violations;
    return violation === undefined ? [] : [{ seed, violation }];
  });
  return {
    name: bug.wrong.name,
    how: bug.how,
    seenIn: bug.seenIn,
    trigger: bug.trigger,
    caughtBy: searches[0]?.[1]?.violation.invariant,
    seeds: searches.map(([seeds]) => seeds),
    plan: smallest?.plan ?? [],
    sagas: smallest?.only.length ?? 0,
    isMinimal: small.every(({ isMinimal }) => isMinimal),
    isExplored: explored !== undefined,
    accusations,
    runs: searched,
    searchMs,
    shrinkMs,
    wallMs: performance.now() - start,
  };
}

/** Shrinks one find after the other, until a plan is small enough to be understood. */
function shrinkSome(bug: PlantedBug, finds: readonly Find[]): readonly Shrunk[] {
  const small: Shrunk[] = [];
  for (const find of finds.slice(0, SHRINKS_MAX)) {
    const shrunk = shrinkOne(bug, find);
    if (shrunk === undefined)
      throw new Error(`${bug.wrong.name}: the run of "${find.seed}" does not fail again`);
    small.push(shrunk);
    if (shrunk.plan.length <= READABLE) break;
  }
  return small;
}

function shrinkOne(bug: PlantedBug, { seed, result, violation }: Find): Shrunk | undefined {
  return shrink({
    run: ({ only, plan }, visit) =>
      simulate(bug.wrong, {
        seed,
        sagas: SAGAS,
        profile: profiles.storm,
        only,
        plan,
        ...(visit === undefined ? {} : { visit }),
      }),
    start: { only: Array.from({ length: SAGAS }, (_, index) => index), plan: result.plan },
    signature: violation.signature,
  });
}

/** Every single fault, for one saga and then for two that begin together: the first plan that brings the bug out. */
function explore({ wrong, caughtBy }: PlantedBug): Reproduction | undefined {
  const atOnce: Scenario = {
    ...wrong,
    workload: (context) => ({ ...wrong.workload(context), startAtUs: 0 }),
  };
  for (const sagas of [1, 2]) {
    const run: PlanRunner = (plan, visit) =>
      simulate(atOnce, {
        seed: 'explore',
        sagas,
        profile: profiles.storm,
        plan,
        ...(visit === undefined ? {} : { visit }),
      });
    const plan = [[], ...extensions(run, []).plans].find((candidate) =>
      run(candidate).violations.some(({ invariant }) => caughtBy.includes(invariant)),
    );
    if (plan !== undefined) return { plan, only: Array.from({ length: sagas }, (_, index) => index) };
  }
  return undefined;
}
