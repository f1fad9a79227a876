// Two records of `sagastorm bench`: what is faster, what is slower, and what cannot be told apart.
//
// A1. What is compared is the ratio to the reference that ran beside it, in logarithms: a machine that was slower that day
//     was slower for both.
// A2. The unit is the process (see run-suites.ts). p-values are of an exact permutation test of the means (R. A. Fisher,
//     The Design of Experiments, 1935), corrected by Holm over the measures; intervals are Welch's (Biometrika 34, 1947).

import { holm } from '../simulator/statistics/index.ts';
import { type BenchedMeasure, type BenchRecord, ratioOf, type VirtualMeasure } from './bench-record.ts';

/** With fewer processes on either side nothing is told apart: no permutation would be rare enough. */
export const PROCESSES_NEEDED = 7;
const ERROR = 0.05;

/** One measure now, relative to then: 0.05 is 5 % faster. */
export interface BenchDifference {
  readonly id: string;
  readonly change: number;
  /** 95 %, before the correction; absent with too few processes. */
  readonly interval?: { readonly low: number; readonly high: number };
  readonly verdict: 'faster' | 'slower' | 'alike' | 'too-few';
}

/** A latency in virtual time that is another than then. */
export interface VirtualDifference {
  readonly id: string;
  readonly before: VirtualMeasure;
  readonly now: VirtualMeasure;
}

export interface BenchComparison {
  readonly measures: readonly BenchDifference[];
  readonly virtual: readonly VirtualDifference[];
  /** Measures of only one of the two. */
  readonly unmatched: readonly string[];
}

/** What changed from `before` to `now`. */
export function against(before: BenchRecord, now: BenchRecord): BenchComparison {
  const pairs = now.measures.flatMap((measure) => {
    const old = before.measures.find(({ id }) => id === measure.id);
    return old === undefined ? [] : [{ id: measure.id, old: logRatios(old), now: logRatios(measure) }];
  });
  const isJudged = (one: (typeof pairs)[number]): boolean =>
    Math.min(one.old.length, one.now.length) >= PROCESSES_NEEDED;
  const adjusted = holm(pairs.filter(isJudged).map((one) => permutationTest(one.now, one.old)));
  let judged = 0;
  const measures = pairs.map((pair): BenchDifference => {
    const difference = mean(pair.now) - mean(pair.old);
    const { id } = pair;
    const change = Math.expm1(difference);
    if (!isJudged(pair)) return { id, change, verdict: 'too-few' };
    const isTold = adjusted[judged++]! < ERROR;
    const half = welchHalf(pair.now, pair.old);
    const interval = { low: Math.expm1(difference - half), high: Math.expm1(difference + half) };
    return { id, change, interval, verdict: isTold ? (change > 0 ? 'faster' : 'slower') : 'alike' };
  });
  const ids = (record: BenchRecord): readonly string[] => record.measures.map(({ id }) => id);
  const [then, here] = [ids(before), ids(now)];
  return {
    measures,
    virtual: now.virtual.flatMap((one) => changedFrom(before.virtual, one)),
    unmatched: [...then.filter((id) => !here.includes(id)), ...here.filter((id) => !then.includes(id))],
  };
}

/** Whether something is slower than it was, in real time or in virtual. */
export function isRegression({ measures, virtual }: BenchComparison): boolean {
  return (
    measures.some(({ verdict }) => verdict === 'slower') ||
    virtual.some(({ before, now }) => now.meanMs > before.meanMs)
  );
}

function changedFrom(before: readonly VirtualMeasure[], now: VirtualMeasure): readonly VirtualDifference[] {
  const then = before.find(({ id }) => id === now.id);
  if (then === undefined) return [];
  const isSame = (['meanMs', 'p50Ms', 'p99Ms', 'maxMs'] as const).every(
    (member) => then[member] === now[member],
  );
  return isSame ? [] : [{ id: now.id, before: then, now }];
}

/** A1, one per process. */
function logRatios(measure: BenchedMeasure): readonly number[] {
  return measure.processes.map((rounds) => Math.log(ratioOf(measure, rounds)));
}

/** The share of all ways to deal the values to two hands in which the means are at least as far apart. */
export function permutationTest(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b];
  const total = all.reduce((sum, value) => sum + value, 0);
  const apart = (sumOfA: number): number => Math.abs(sumOfA / a.length - (total - sumOfA) / b.length);
  const observed = apart(a.reduce((sum, value) => sum + value, 0)) * (1 - 1e-12);
  let [ways, rare] = [0, 0];
  const deal = (from: number, left: number, sum: number): void => {
    if (left === 0) {
      ways++;
      if (apart(sum) >= observed) rare++;
      return;
    }
    for (let i = from; i <= all.length - left; i++) deal(i + 1, left - 1, sum + all[i]!);
  };
  deal(0, a.length, 0);
  return rare / ways;
}

/** Half of the 95 % interval of the difference of two means. */
function welchHalf(a: readonly number[], b: readonly number[]): number {
  const [va, vb] = [variance(a) / a.length, variance(b) / b.length];
  if (va + vb === 0) return 0;
  const freedom = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  return student(freedom) * Math.sqrt(va + vb);
}

/** The 97.5 % quantile of Student's t, by whole degrees of freedom from 1; beyond the table the last is a little too wide. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

function student(freedom: number): number {
  return STUDENT[Math.min(STUDENT.length, Math.max(1, Math.floor(freedom))) - 1]!;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
