// What `sagastorm bench` found: the versioned record that --save stores and --against reads. Additions only.

export const BENCH_RECORD_SCHEMA = 'sagastorm/bench@1';

/** One measure: for each process, for each of its rounds, how long the work and its reference took, in milliseconds. */
export interface BenchedMeasure {
  readonly id: string;
  readonly title: string;
  /** What is counted, in the plural. */
  readonly unit: string;
  readonly count: number;
  readonly reference: { readonly title: string; readonly count: number };
  readonly processes: readonly MeasuredRounds[];
}

export interface MeasuredRounds {
  readonly oursMs: readonly number[];
  readonly referenceMs: readonly number[];
}

/** Latencies in virtual time: the same on every machine, so that any difference is one of the code. */
export interface VirtualMeasure {
  readonly id: string;
  readonly title: string;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface BenchRecord {
  readonly schema: typeof BENCH_RECORD_SCHEMA;
  readonly version: string;
  readonly node: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly platform: string };
  /** How long rounds of each measure were thrown away first; older records do not say. */
  readonly warmUpSeconds?: number;
  readonly measures: readonly BenchedMeasure[];
  readonly virtual: readonly VirtualMeasure[];
  readonly meta: { readonly startedAt: string; readonly wallMs: number };
}

/** What a child process tells its parent. */
export type FromChild =
  | { readonly kind: 'measured'; readonly measure: Omit<BenchedMeasure, 'processes'> & MeasuredRounds }
  | { readonly kind: 'failed'; readonly message: string };

/** The median; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Of one process: how many times as fast as its reference, the median over the rounds; paired round by round. */
export function ratioOf(
  { count, reference }: Pick<BenchedMeasure, 'count' | 'reference'>,
  { oursMs, referenceMs }: MeasuredRounds,
): number {
  return median(oursMs.map((ms, i) => count / ms / (reference.count / referenceMs[i]!)));
}

/** Things per second of all rounds of all processes, the median. */
export function rateOf({ count, processes }: BenchedMeasure): number {
  return median(processes.flatMap(({ oursMs }) => oursMs.map((ms) => (count / ms) * 1_000)));
}
