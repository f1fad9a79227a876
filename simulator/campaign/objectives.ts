// Service level objectives: what a scenario declares, compared with what its runs came to.

import type { Objective, Percentiles, RunRecord } from '../run-record.ts';
import type { ServiceLevels } from '../service-levels.ts';

type Measured = Pick<RunRecord, 'sagas' | 'latencyUs'>;

interface Meter {
  statement(limit: number): string;
  /** In the unit of the limit; undefined when there was nothing to measure. */
  measure(measured: Measured): number | undefined;
  isMet(actual: number, limit: number): boolean;
}

const PERMILLE = 1_000;
const MICROSECONDS_PER_MS = 1_000;

const METERS: Readonly<Record<keyof ServiceLevels, Meter>> = {
  completedPermille: {
    statement: (limit) => `at least ${limit} of 1,000 sagas complete`,
    measure: ({ sagas: { started, completed } }) =>
      started === 0 ? undefined : Math.floor((completed * PERMILLE) / started),
    isMet: (actual, limit) => actual >= limit,
  },
  sagaP50Ms: latency('half of all sagas end within', ({ latencyUs }) => latencyUs.saga, 'p50'),
  sagaP99Ms: latency('99 % of all sagas end within', ({ latencyUs }) => latencyUs.saga, 'p99'),
  compensationP99Ms: latency(
    '99 % of all undos end within',
    ({ latencyUs }) => latencyUs.compensation,
    'p99',
  ),
  stepP99Ms: latency('99 % of all steps are applied within', ({ latencyUs }) => latencyUs.step, 'p99'),
};

function latency(words: string, of: (measured: Measured) => Percentiles, percentile: 'p50' | 'p99'): Meter {
  return {
    statement: (limit) => `${words} ${limit} ms`,
    measure(measured) {
      const percentiles = of(measured);
      return percentiles.count === 0 ? undefined : percentiles[percentile] / MICROSECONDS_PER_MS;
    },
    isMet: (actual, limit) => actual <= limit,
  };
}

/** Every objective that was declared, in the order of the catalogue. */
export function objectivesOf(levels: ServiceLevels, measured: Measured): readonly Objective[] {
  return Object.entries(METERS).flatMap(([name, meter]) => {
    const limit = levels[name as keyof ServiceLevels];
    if (limit === undefined) return [];
    const actual = meter.measure(measured);
    const state = actual === undefined ? 'not-measured' : meter.isMet(actual, limit) ? 'met' : 'missed';
    return [
      {
        id: `slo/${name}`,
        statement: meter.statement(limit),
        limit,
        ...(actual === undefined ? {} : { actual }),
        state,
      } as const,
    ];
  });
}
