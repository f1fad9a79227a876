// Successive halving: many candidates on few seeds, then the better half on twice as many, and so on. No run is spent on
// what a few seeds already show to be worse (K. Jamieson, A. Talwalkar, "Non-stochastic Best Arm Identification and
// Hyperparameter Optimization", AISTATS 2016).
//
// SH1. All candidates of a rung ran the same seeds, and those of the rungs before are among them.
// SH2. The first candidate is the baseline and never falls out; whoever has a fault falls out at once.
// SH3. Better is the lower Pareto rank. Where a rank has to be cut, who is best in one respect stays, then who is nearest
//      to what the rank has of the best in every respect.

import { type Objectives, paretoRanks } from '../statistics/index.ts';

/** So many candidates on so many seeds. */
export interface Rung {
  readonly candidates: number;
  readonly seeds: number;
}

/** What is known of a candidate. */
export interface Score {
  readonly objectives: Objectives;
  /** Why it cannot be taken, whatever its objectives: the invariant that it broke first, or a run without a verdict. */
  readonly fault?: { readonly invariant?: string; readonly seed: string };
}

/**
 * Rungs that get from `candidates` to `finalists` in at most `budget` runs, each with half of the candidates of the one
 * before and twice its seeds; none when there are no more than `finalists`; undefined when the budget is too small.
 *
 * @example
 * planRungs(40, 400, 8); // 40 × 5, 20 × 10, 10 × 20: 200 + 100 + 100 runs
 */
export function planRungs(
  candidates: number,
  budget: number,
  finalists: number,
): readonly Rung[] | undefined {
  const seeds = Math.floor(budget / runsPerSeed(candidates, finalists));
  if (candidates > finalists && seeds < 1) return undefined;
  return sizesOf(candidates, finalists).map((size, i) => ({ candidates: size, seeds: seeds << i }));
}

/** Runs of all rungs: later ones only add seeds (SH1). */
export function runsOf(rungs: readonly Rung[]): number {
  return rungs.reduce((sum, { candidates, seeds }, i) => {
    return sum + candidates * (seeds - (rungs[i - 1]?.seeds ?? 0));
  }, 0);
}

/** What {@link planRungs} needs at least. */
export function leastBudget(candidates: number, finalists: number): number {
  return candidates > finalists ? runsPerSeed(candidates, finalists) : 0;
}

function sizesOf(candidates: number, finalists: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = candidates; size > finalists; size = Math.ceil(size / 2)) sizes.push(size);
  return sizes;
}

/** Runs of all rungs when the first has one seed. */
function runsPerSeed(candidates: number, finalists: number): number {
  return runsOf(sizesOf(candidates, finalists).map((size, i) => ({ candidates: size, seeds: 1 << i })));
}

/** Scores candidates over the first `seeds` seeds, of which they ran the first `before` already; undefined: stopped. */
export type Trial<Candidate> = (
  candidates: readonly Candidate[],
  seeds: number,
  before: number,
) => Promise<readonly Score[] | undefined>;

/** How far a candidate came. */
export interface Standing<Candidate> extends Score {
  readonly candidate: Candidate;
  /** Seeds that the score is over. */
  readonly seeds: number;
}

export interface Halved<Candidate> {
  /** The last score of each candidate that has one, in the order given. */
  readonly standings: readonly Standing<Candidate>[];
  /** The baseline first; those left when it was stopped, if it was. */
  readonly finalists: readonly Candidate[];
  readonly rungsDone: number;
}

/** Climbs the rungs; the first candidate is the baseline. */
export async function halve<Candidate>(
  candidates: readonly Candidate[],
  rungs: readonly Rung[],
  finalists: number,
  trial: Trial<Candidate>,
): Promise<Halved<Candidate>> {
  const standings = new Map<Candidate, Standing<Candidate>>();
  let [left, rungsDone] = [candidates, 0];
  for (const { seeds } of rungs) {
    const scores = await trial(left, seeds, rungs[rungsDone - 1]?.seeds ?? 0);
    if (scores === undefined) break;
    left.forEach((candidate, i) => {
      standings.set(candidate, { candidate, seeds, ...scores[i]! });
    });
    rungsDone++;
    const places = Math.max(finalists, rungs[rungsDone]?.candidates ?? finalists);
    const stay = survivors(scores, places); // SH2, SH3
    left = left.filter((_, i) => stay.includes(i));
  }
  return { standings: [...standings.values()], finalists: left, rungsDone };
}

/** Indexes of the `places` best, the first candidate always among them (SH2, SH3). */
export function survivors(scores: readonly Score[], places: number): readonly number[] {
  const sound = scores.map((_, i) => i).filter((i) => scores[i]!.fault === undefined);
  const objectives = sound.map((i) => scores[i]!.objectives);
  const ranks = paretoRanks(objectives);
  const ordered: number[] = [];
  for (let rank = 0; ordered.length < sound.length; rank++) {
    const members = sound.map((_, at) => at).filter((at) => ranks[at] === rank);
    const order = withinRank(members.map((at) => objectives[at]!));
    ordered.push(...order.map((at) => sound[members[at]!]!));
  }
  return [0, ...ordered.filter((i) => i !== 0)].slice(0, places).sort((a, b) => a - b);
}

/** The order of those of one rank (SH3). */
function withinRank(rank: readonly Objectives[]): readonly number[] {
  const columns = rank[0]!.map((_, column) => rank.map((one) => one[column] ?? Number.POSITIVE_INFINITY));
  const bests = columns.map((values) => Math.min(...values));
  const spans = columns.map((values, c) => Math.max(0, ...values.filter(Number.isFinite)) - bests[c]!);
  const distance = (at: number): number =>
    columns.reduce((sum, values, c) => {
      const off = values[at]! - bests[c]!;
      const share = off === 0 || Number.isNaN(off) ? 0 : off / spans[c]!;
      return sum + share * share;
    }, 0);
  const extremes = columns.map((values, c) => values.indexOf(bests[c]!));
  const isExtreme = (at: number): number => (extremes.includes(at) ? 0 : 1);
  return rank
    .map((_, at) => at)
    .sort((a, b) => isExtreme(a) - isExtreme(b) || distance(a) - distance(b) || a - b);
}
