// Latencies as tables of integers. No logarithm is taken on the way (E11): they differ between engine versions.

import { assert } from '../../engine/core/assert.ts';

/** Percentiles of a one-way latency, in microseconds; between them the table is linear. */
export interface LatencyPercentiles {
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** Percentiles, or a ready table whose entries are equally likely. */
export type LatencySpec = LatencyPercentiles | readonly number[];

const TABLE_BITS = 12;
/** About 35 minutes. */
const LATENCY_MAX_US = 2 ** 31 - 1;

/** What is wrong with a latency, as the end of a sentence; undefined when nothing is. */
export function latencyFault(spec: LatencySpec): string | undefined {
  if (typeof spec !== 'object' || spec === null) return 'is neither percentiles nor a list';
  if (!('p50Us' in spec)) {
    if (!Array.isArray(spec)) return 'is neither percentiles nor a list';
    if (spec.length === 0) return 'is an empty list';
    const wrong = spec.findIndex((value) => !isLatency(value));
    return wrong < 0 ? undefined : `has ${String(spec[wrong])} at place ${wrong}`;
  }
  const { p50Us, p90Us, p99Us, maxUs } = spec;
  const wrong = Object.entries({ p50Us, p90Us, p99Us, maxUs }).find(([, value]) => !isLatency(value));
  if (wrong !== undefined) return `has ${wrong[0]} ${String(wrong[1])}`;
  return p50Us <= p90Us && p90Us <= p99Us && p99Us <= maxUs ? undefined : 'has percentiles that do not rise';
}

function isLatency(value: unknown): boolean {
  return Number.isInteger(value) && 0 <= (value as number) && (value as number) <= LATENCY_MAX_US;
}

/** A latency distribution: 4,096 equally likely integers. Make one per scenario, not one per run. */
export class LatencyTable {
  readonly #table: Int32Array;

  constructor(spec: LatencySpec) {
    const fault = latencyFault(spec);
    assert(fault === undefined, 'no such latency', fault);
    this.#table = 'p50Us' in spec ? fromPercentiles(spec) : resample(spec);
  }

  /** The latency that a uniform 32-bit draw falls on, in microseconds. */
  at(draw: number): number {
    return this.#table[draw >>> (32 - TABLE_BITS)]!;
  }
}

function fromPercentiles({ p50Us, p90Us, p99Us, maxUs }: LatencyPercentiles): Int32Array {
  const knots: readonly (readonly [number, number])[] = [
    [0, Math.floor(p50Us / 2)],
    [500, p50Us],
    [900, p90Us],
    [990, p99Us],
    [1000, maxUs],
  ];
  return fill((permille) => {
    const upper = knots.findIndex(([at]) => at >= permille);
    const [x1, y1] = knots[upper]!;
    const [x0, y0] = knots[Math.max(0, upper - 1)]!;
    return x1 === x0 ? y1 : y0 + Math.floor(((y1 - y0) * (permille - x0)) / (x1 - x0));
  });
}

function resample(values: readonly number[]): Int32Array {
  return fill(
    (permille) => values[Math.min(values.length - 1, Math.floor((permille * values.length) / 1000))]!,
  );
}

function fill(at: (permille: number) => number): Int32Array {
  const size = 1 << TABLE_BITS;
  return Int32Array.from({ length: size }, (_, i) => at(((i + 0.5) * 1000) / size));
}
