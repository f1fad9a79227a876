// Every fault at every point, one at a time or two: what a random storm may miss, for a workload that is small.
//
// Y1. A run is fixed up to the point where a fault strikes. So the points that a run comes to are all the points where
//     one more fault can strike, and every pair is met once: with the one that strikes first as the first.
// Y2. Left out is what cannot strike: the second of a pair at a point that the run with the first never comes to. That
//     run would be the run with the first alone.
// Y3. A parameter is tried at its least, its middle and its greatest value, of what is usual and of what is rare; in
//     pairs, both faults are tried at their least, and both at their greatest. That is a choice, and no proof.

import { FAULTS } from '../faults/catalogue.ts';
import type { Fault, Params, PointKind } from '../faults/fault.ts';
import type { PointVisitor } from '../faults/injector.ts';
import type { FaultPlan, PlannedFault, RunResult } from '../run-result.ts';

/** Runs a plan, and tells of every point that the run comes to. */
export type PlanRunner = (plan: FaultPlan, visit?: PointVisitor) => RunResult;

/** How many values of a parameter are tried (Y3). */
export type Values = 'two' | 'three';

interface Point {
  readonly kind: PointKind;
  readonly at: string;
}

/**
 * Every plan that has one fault more than `plan`, which strikes after those of `plan` (Y1).
 *
 * @returns the plans in the order of their points, and how many points there are
 */
export function extensions(
  run: PlanRunner,
  plan: FaultPlan,
  values: Values = 'three',
): { readonly points: number; readonly plans: readonly FaultPlan[] } {
  const points: Point[] = [];
  run(plan, (kind, at) => points.push({ kind, at }));
  const last = plan.at(-1);
  const from = last === undefined ? 0 : points.findLastIndex(({ at }) => at === last.at);
  if (from < 0) return { points: points.length, plans: [] }; // it strikes nothing: whatever follows is a plan without it
  const later = points.slice(from).flatMap((point) => faultsAt(point, values));
  const begin = last === undefined ? 0 : later.findIndex((fault) => isSame(fault, last)) + 1;
  const goesWith = (fault: PlannedFault): boolean =>
    !plan.some((other) => excludes(other, fault) || (values === 'two' && isUnlike(other, fault)));
  const plans = later.slice(begin).filter(goesWith);
  return { points: points.length, plans: plans.map((fault) => [...plan, fault]) };
}

/**
 * How many pairs that begin with `first` are left out (Y2): their second would strike in a run without a fault, and is
 * not among `longer`, the plans that do extend `first`.
 */
export function unreachable(
  singles: readonly FaultPlan[],
  first: FaultPlan,
  longer: readonly FaultPlan[],
): number {
  const reached = new Set(longer.map((plan) => JSON.stringify(plan.at(-1))));
  const [fault] = first;
  const at = singles.findIndex(([single]) => fault !== undefined && isSame(single!, fault));
  return singles
    .slice(at + 1)
    .filter(([single]) => !excludes(fault!, single!) && !isUnlike(fault!, single!))
    .filter(([single]) => !reached.has(JSON.stringify(single))).length;
}

/** The faults that can strike at a point, in the order in which they would. */
function faultsAt({ kind, at }: Point, values: Values): readonly PlannedFault[] {
  return FAULTS.filter(({ point }) => point === kind).flatMap((fault) =>
    examples(fault, values).map((params) => ({ kind: fault.kind, at, params })),
  );
}

/** The draws that decide whether a fault is of the rare, long kind: at their least, it is. */
const RARE = ['long', 'late', 'grey'];

/** Y3. */
function examples(fault: Fault, values: Values): readonly Params[] {
  const least = fault.draw((_name, min) => min);
  const middle = fault.draw((_name, min, max) => min + Math.floor((max - min) / 2));
  const most = fault.draw((_name, _min, max) => max);
  const longest = fault.draw((name, min, max) => (RARE.includes(name) ? min : max));
  const hasLonger = JSON.stringify(longest) !== JSON.stringify(least);
  const drawn = values === 'three' ? [least, middle, most, longest] : [least, hasLonger ? longest : most];
  return [...new Map(drawn.map((params) => [JSON.stringify(params), params])).values()];
}

function isSame(a: PlannedFault, b: PlannedFault): boolean {
  return a.kind === b.kind && a.at === b.at && JSON.stringify(a.params) === JSON.stringify(b.params);
}

/** One fault does not strike twice at one point with two parameters. */
function excludes(a: PlannedFault, b: PlannedFault): boolean {
  return a.kind === b.kind && a.at === b.at;
}

/** One is at its least and the other at its greatest: such pairs are not tried (Y3). */
function isUnlike(a: PlannedFault, b: PlannedFault): boolean {
  const [x, y] = [levelOf(a), levelOf(b)];
  return x !== undefined && y !== undefined && x !== y;
}

const levels = new Map<string, ReadonlyMap<string, number>>();

/** 0 at its least, 1 at its greatest; undefined where both are the same. */
function levelOf({ kind, params }: PlannedFault): number | undefined {
  let known = levels.get(kind);
  if (known === undefined) {
    const two = examples(FAULTS.find((fault) => fault.kind === kind)!, 'two');
    known = new Map(two.length < 2 ? [] : two.map((one, level) => [JSON.stringify(one), level]));
    levels.set(kind, known);
  }
  return known.get(JSON.stringify(params));
}
