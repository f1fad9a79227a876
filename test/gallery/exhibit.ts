// Puts one planted bug to the test, in a thread of its own: how soon the default storm finds it, how small its plan
// becomes, whether one fault alone brings it out, and whether the corrected twin stays silent. Instead of searching for
// small plans it can be given those that are kept, and shows that they are what they were.

import { performance } from 'node:perf_hooks';
import type { PlantedBug } from '../../scenarios/planted-bugs/planted-bug.ts';
import { SAGAS } from '../../scenarios/planted-bugs/planted-bug.ts';
import { extensions } from '../../simulator/explore/exhaustive.ts';
import {
  type Reproduction,
  type ShrinkOptions,
  type Shrunk,
  shrink,
} from '../../simulator/explore/shrink.ts';
import { profiles, type RunResult, type Scenario, simulate, type Violation } from '../../simulator/index.ts';
import { type Small, spareFault, spareSaga, wrongWith } from './kept.ts';

export interface Examination {
  readonly file: string;
  /** Root seeds from which the bug is searched. */
  readonly roots: readonly string[];
  /** Seeds per root, at most. */
  readonly seedsMax: number;
  /** Seeds under which the corrected twin must be silent. */
  readonly twinSeeds: number;
  /** Shown again, instead of searching for small plans. */
  readonly kept?: Finds;
}

/** The small runs of one bug. */
export interface Finds {
  /** The smallest that runs of the storm were shrunk to; left out: it escaped. */
  readonly shrunk?: Small;
  /** What one fault by itself, or none, brings out for one saga or two: what `explore` finds. They begin together. */
  readonly explored?: Small;
  /** How many runs were shrunk, and how many of them to a plan that is 1-minimal. */
  readonly shrinks: number;
  readonly minimal: number;
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
  readonly finds: Finds;
  /** What is wrong with the finds that were kept, in sentences. */
  readonly stale: readonly string[];
  /** What the twin was accused of. */
  readonly accusations: readonly { readonly seed: string; readonly violation: Violation }[];
  readonly runs: number;
  readonly searchMs: number;
  readonly shrinkMs: number;
  readonly wallMs: number;
}

/** A plan of so many faults is understood as it is; until one is found, so many failures are shrunk. */
const READABLE = 3;
const SHRINKS_MAX = 2;

/** A failing run of the storm. */
interface Failure {
  readonly seed: string;
  readonly violation: Violation;
}

/** Examines the bug in a file. */
export async function examine({ file, roots, seedsMax, twinSeeds, kept }: Examination): Promise<Exhibit> {
  const { bug } = (await import(file)) as { readonly bug: PlantedBug };
  const start = performance.now();
  let runs = 0;
  const storm = (scenario: Scenario, seed: string): RunResult => {
    runs++;
    return simulate(scenario, { seed, sagas: SAGAS, profile: profiles.storm, keepPlan: false });
  };

  const search = (root: string): readonly [seeds: number | undefined, failure: Failure | undefined] => {
    for (let i = 0; i < seedsMax; i++) {
      const seed = `${root}/${i}`;
      const violation = caught(bug, storm(bug.wrong, seed));
      if (violation !== undefined) return [i + 1, { seed, violation }];
    }
    return [undefined, undefined];
  };
  const searches = roots.map(search);
  const searchMs = performance.now() - start;
  const searched = runs;

  const shrinkStart = performance.now();
  const failures = searches.flatMap(([, failure]) => failure ?? []);
  const finds = kept ?? findsOf(bug, failures);
  const stale = kept === undefined ? [] : staleIn(bug, kept, failures);
  const shrinkMs = performance.now() - shrinkStart;

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
    finds,
    stale,
    accusations,
    runs: searched,
    searchMs,
    shrinkMs,
    wallMs: performance.now() - start,
  };
}

/** The smallest run of a bug; that of one that escaped has nothing. */
export function smallestOf({ shrunk, explored }: Finds): Reproduction {
  return smallest([explored, shrunk].filter((small) => small !== undefined)) ?? { only: [], plan: [] };
}

/** With the fewest faults, then with the fewest sagas. */
function smallest(small: readonly Small[]): Small | undefined {
  return small.toSorted((a, b) => a.plan.length - b.plan.length || a.only.length - b.only.length)[0];
}

function caught({ caughtBy }: PlantedBug, { violations }: RunResult): Violation | undefined {
  return violations.find(({ invariant }) => caughtBy.includes(invariant));
}

/** Shrinks one failure after the other, until a plan is small enough to be understood; and explores. */
function findsOf(bug: PlantedBug, failures: readonly Failure[]): Finds {
  const explored = explore(bug);
  const small: Small[] = [];
  let minimal = 0;
  for (const failure of failures.slice(0, SHRINKS_MAX)) {
    const { only, plan, isMinimal } = shrinkOne(bug, failure);
    small.push({ seed: failure.seed, only, plan, signature: failure.violation.signature });
    if (isMinimal) minimal++;
    if (plan.length <= READABLE) break;
  }
  const shrunk = smallest(small);
  return {
    ...(shrunk === undefined ? {} : { shrunk }),
    ...(explored === undefined ? {} : { explored }),
    shrinks: small.length,
    minimal,
  };
}

function shrinkOne(bug: PlantedBug, { seed, violation: { signature } }: Failure): Shrunk {
  const only = Array.from({ length: SAGAS }, (_, index) => index);
  const { plan } = simulate(bug.wrong, { seed, sagas: SAGAS, profile: profiles.storm });
  const shrunk = shrink({ run: stormed(bug, seed), start: { only, plan }, signature });
  if (shrunk === undefined) throw new Error(`${bug.wrong.name}: the run of "${seed}" does not fail again`);
  return shrunk;
}

/** Every single fault, for one saga and then for two: the first plan that brings the bug out. */
function explore(bug: PlantedBug): Small | undefined {
  for (const only of [[0], [0, 1]]) {
    const run = atOnce(bug, only.length);
    for (const plan of [[], ...extensions((plan, visit) => run({ only, plan }, visit), []).plans]) {
      const violation = caught(bug, run({ only, plan }));
      if (violation !== undefined) return { seed: EXPLORED, only, plan, signature: violation.signature };
    }
  }
  return undefined;
}

const EXPLORED = 'explore';

/** Runs of the storm. */
function stormed({ wrong }: PlantedBug, seed: string): ShrinkOptions['run'] {
  return (candidate, visit) =>
    simulate(wrong, {
      seed,
      sagas: SAGAS,
      profile: profiles.storm,
      ...candidate,
      ...(visit === undefined ? {} : { visit }),
    });
}

/** Runs of a few sagas that begin together. */
function atOnce({ wrong }: PlantedBug, sagas: number): ShrinkOptions['run'] {
  const scenario: Scenario = {
    ...wrong,
    workload: (context) => ({ ...wrong.workload(context), startAtUs: 0 }),
  };
  return (candidate, visit) =>
    simulate(scenario, {
      seed: EXPLORED,
      sagas,
      profile: profiles.storm,
      ...candidate,
      ...(visit === undefined ? {} : { visit }),
    });
}

/** What is wrong with finds that were kept, in sentences. */
function staleIn(bug: PlantedBug, finds: Finds, failures: readonly Failure[]): readonly string[] {
  const { shrunk, explored } = finds;
  const said = (what: string, wrong: string | undefined) =>
    wrong === undefined ? [] : [`the kept ${what} run of ${bug.wrong.name} ${wrong}`];
  return [
    ...said('shrunk', shrunk && wrongWithShrunk(bug, shrunk, failures)),
    ...said('explored', explored && wrongWithExplored(bug, explored)),
  ];
}

function wrongWithShrunk(bug: PlantedBug, small: Small, failures: readonly Failure[]): string | undefined {
  const run = stormed(bug, small.seed);
  const isShrunk = failures
    .slice(0, SHRINKS_MAX)
    .some(({ seed, violation }) => seed === small.seed && violation.signature === small.signature);
  const notOne = isShrunk ? undefined : 'is no part of a run that fails so';
  return wrongWith(small, bug.caughtBy, run) ?? spareFault(small, run) ?? spareSaga(small, run) ?? notOne;
}

/** Exploring looks for one fault or none: where it takes two sagas, the second alone may do. */
function wrongWithExplored(bug: PlantedBug, small: Small): string | undefined {
  const run = atOnce(bug, small.only.length);
  return wrongWith(small, bug.caughtBy, run) ?? spareFault(small, run);
}
