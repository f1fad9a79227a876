// The latency targets that people have for sagas, as levels of service: which they are, and whether they were met, in the
// simulator and for real.
//
// - A saga operation (begin one, durably; ask for one; ask for its status) takes under 100 ms: the 99th percentile.
// - Sagas take under 500 ms on average, and 99 % of them under 2 s.
// - What has to be undone is undone within 60 s: the 99th percentile.
// - After a crash every saga that was open goes on, and has ended, within 5 minutes.
// - 99.9 % of all sagas end as they should: completed, or with nothing that stands.
// - All that with 10,000 sagas at a time.

export interface Level {
  readonly title: string;
  readonly where: 'simulated' | 'live';
  readonly value: string;
  readonly limit: string;
  readonly isMet: boolean;
}

/** What was measured, in one of the two worlds. */
export interface Measured {
  readonly where: Level['where'];
  /** The 99th percentile of each operation, in milliseconds. */
  readonly operationsMs: Readonly<Record<string, number>>;
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly undoP99Ms: number;
  readonly recoveryMs: number;
  /** Of those that were asked for; 0 to 1. */
  readonly endedWell: number;
  readonly concurrent: number;
}

const LIMIT = {
  operationMs: 100,
  meanMs: 500,
  p99Ms: 2_000,
  undoMs: 60_000,
  recoveryMs: 300_000,
  endedWell: 0.999,
  concurrent: 10_000,
} as const;

export function levelsOf(measured: Measured): readonly Level[] {
  const { where, operationsMs, meanMs, p99Ms, undoP99Ms, recoveryMs, endedWell, concurrent } = measured;
  const within = (title: string, valueMs: number, limitMs: number): Level => {
    return { title, where, value: time(valueMs), limit: `< ${time(limitMs)}`, isMet: valueMs < limitMs };
  };
  const operations = Object.entries(operationsMs).map(([operation, ms]) =>
    within(`${operation}, p99`, ms, LIMIT.operationMs),
  );
  return [
    ...operations,
    within('a saga, on average', meanMs, LIMIT.meanMs),
    within('a saga, p99', p99Ms, LIMIT.p99Ms),
    within('an undo, p99', undoP99Ms, LIMIT.undoMs),
    within('all open sagas have ended after a crash', recoveryMs, LIMIT.recoveryMs),
    {
      title: 'sagas that ended with all of it, or with nothing of it',
      where,
      value: `${(endedWell * 100).toFixed(2)} %`,
      limit: `≥ ${LIMIT.endedWell * 100} %`,
      isMet: endedWell >= LIMIT.endedWell,
    },
    {
      title: 'sagas at a time',
      where,
      value: concurrent.toLocaleString('en-US'),
      limit: `≥ ${LIMIT.concurrent.toLocaleString('en-US')}`,
      isMet: concurrent >= LIMIT.concurrent,
    },
  ];
}

function time(ms: number): string {
  if (ms >= 120_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)} ms`;
}

/** So many of a hundred values are not above it; of an unsorted list that is not empty. */
export function percentile(values: ArrayLike<number>, percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}
