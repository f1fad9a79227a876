// Service level objectives: what a scenario declares, compared with what its runs came to.

import type { Objective, Percentiles, RunRecord } from '../run-record.ts';
import { isPromisedIn, type ServiceLevels } from '../service-levels.ts';
import type { PreparedJob } from './job.ts';

type Measured = Pick<RunRecord, 'sagas' | 'latencyUs' | 'load'>;

/** Milliseconds in the units of time that people promise in, the largest first. */
const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'days'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
];

interface Meter {
  statement(limit: number): string;
  /** In the unit of the limit; undefined when there was nothing to measure. */
  measure(measured: Measured): number | undefined;
  isMet(actual: number, limit: number): boolean;
}

const PERMILLE = 1_000;
const MICROSECONDS_PER_MS = 1_000;
/** What was waited for did not happen. */
const NEVER = -1;

const METERS: Readonly<Record<keyof ServiceLevels, Meter>> = {
  completedPermille: {
    statement: (limit) => `at least ${grouped(limit)} of 1,000 sagas complete`,
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
  quietCompensatedPermille: {
    statement: (limit) => `at most ${grouped(limit)} of 1,000 sagas of quiet times do not complete`,
    measure({ load }) {
      const quiet = load?.quiet;
      if (quiet === undefined || quiet.sagas === 0) return undefined;
      return Math.ceil((quiet.compensated * PERMILLE) / quiet.sagas);
    },
    isMet: atMost,
  },
  quietMeanMs: {
    statement: (limit) => `sagas of quiet times end within ${spoken(limit)} on average`,
    measure: ({ load }) => inMs(load?.quiet?.meanUs),
    isMet: atMost,
  },
  quietP99Ms: {
    statement: (limit) => `99 % of the sagas of quiet times end within ${spoken(limit)}`,
    measure: ({ load }) => (load?.quiet?.sagas ? inMs(load.quiet.latencyUs.p99) : undefined),
    isMet: atMost,
  },
  detectionMs: {
    statement: (limit) => `an incident is noticed within ${spoken(limit)}`,
    measure({ load }) {
      const noticed = load?.incidents?.map(({ noticedAfterUs }) => noticedAfterUs ?? -1) ?? [];
      if (noticed.length === 0) return undefined;
      return noticed.includes(-1) ? NEVER : Math.max(...noticed) / MICROSECONDS_PER_MS;
    },
    isMet: inTime,
  },
  recoveryMs: {
    statement: (limit) => `the load is back within ${spoken(limit)} of the last incident`,
    measure: ({ load }) => {
      const longestUs = load?.recovery?.longestUs;
      return longestUs === -1 ? NEVER : inMs(longestUs);
    },
    isMet: inTime,
  },
};

/** A limit, to the digit, in the largest unit of which there are two at least: `1,500 ms`, `2.3 s`, `90 s`, `5 min`. */
function spoken(ms: number): string {
  const [size, name] = UNITS.find(([unit]) => ms >= 2 * unit && (100 * ms) % unit === 0) ?? UNITS.at(-1)!;
  return `${grouped(ms / size)} ${name}`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function atMost(actual: number, limit: number): boolean {
  return actual <= limit;
}

function inTime(actual: number, limit: number): boolean {
  return actual !== NEVER && actual <= limit;
}

function inMs(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / MICROSECONDS_PER_MS;
}

function latency(words: string, of: (measured: Measured) => Percentiles, percentile: 'p50' | 'p99'): Meter {
  return {
    statement: (limit) => `${words} ${spoken(limit)}`,
    measure(measured) {
      const percentiles = of(measured);
      return percentiles.count === 0 ? undefined : percentiles[percentile] / MICROSECONDS_PER_MS;
    },
    isMet: (actual, limit) => actual <= limit,
  };
}

/** What a scenario promises in the weather of a job; empty when that is nothing. */
export function promisedLevels({
  scenario: { slo, sloWeather },
  profile,
}: Pick<PreparedJob, 'scenario' | 'profile'>): ServiceLevels {
  return isPromisedIn(profile.name, sloWeather) ? slo : {};
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
