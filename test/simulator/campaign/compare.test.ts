// Policies over the same seeds: what is told apart, and what is not.

import { describe, expect, test } from 'vitest';
import { metricsOf } from '../../../simulator/campaign/compare-metrics.ts';
import { compared } from '../../../simulator/campaign/compare-statistics.ts';
import {
  COMPARE_SEEDS_DEFAULT,
  type CompareOptions,
  compare,
  RESAMPLES,
  runCampaign,
} from '../../../simulator/campaign/index.ts';
import type { SeedMeasure } from '../../../simulator/campaign/measure.ts';
import type { CompareRecord, MeasuredMetric } from '../../../simulator/index.ts';
import { Seed } from '../../../simulator/kernel/random.ts';
import { Resamples } from '../../../simulator/statistics/index.ts';

const HONEST = 'test/cli/fixtures/honest.ts';

async function recordOf(options: Partial<CompareOptions>): Promise<CompareRecord> {
  const record = await compare({
    scenario: HONEST,
    profile: 'storm',
    policies: ['default', 'impatient'],
    rootSeed: 'root',
    seeds: 30,
    ...options,
  });
  return record!;
}

function metricOf(record: CompareRecord, policy: number, id: string): MeasuredMetric {
  return record.policies[policy]!.metrics.find((metric) => metric.id === id)!;
}

function timeless(record: CompareRecord): string {
  const { meta: _, ...rest } = record;
  return JSON.stringify(rest);
}

describe('a comparison', () => {
  test('is the same, byte for byte, with one worker or two', async () => {
    const [one, two] = await Promise.all([recordOf({ workers: 1 }), recordOf({ workers: 2 })]);
    expect(timeless(two)).toBe(timeless(one));
  });

  test('has the baseline, the contenders and the baseline on other seeds', async () => {
    const { policies } = await recordOf({ seeds: 2, policies: ['patient', 'default'] });
    expect(policies.map(({ name, role, rootSeed }) => [name, role, rootSeed])).toEqual([
      ['patient', 'baseline', 'root'],
      ['default', 'contender', 'root'],
      ['patient', 'control', 'root-aa'],
    ]);
  });

  test('runs the same seeds for all: a setting that stays as it is makes the same runs', async () => {
    const record = await recordOf({ policies: ['default'], sweep: 'retry.timeout.attemptsMax=3,1' });
    const [baseline, same, other, control] = record.policies.map(({ fingerprint }) => fingerprint);
    expect(same).toBe(baseline);
    expect(new Set([baseline, other, control]).size).toBe(3);
    for (const { difference } of record.policies[1]!.metrics) {
      if (difference !== undefined) expect(difference).toMatchObject({ value: 0, isDistinguishable: false });
    }
  });

  test('a sweep starts from the policy of the scenario when none is named', async () => {
    const { policies } = await recordOf({ seeds: 2, policies: [], sweep: 'compensation.attemptsMax=2' });
    expect(policies.map(({ name }) => name)).toEqual([
      'default',
      'default:compensation.attemptsMax=2',
      'default',
    ]);
    expect(policies[1]!.spec).toMatchObject({ name: 'default', compensation: { attemptsMax: 2 } });
  });

  test('with too few seeds tells nothing apart, and says why', async () => {
    const record = await recordOf({ seeds: 19 });
    expect(record.sentence).toBe('19 seeds are too few to tell policies apart; at least 20 are needed.');
    expect(metricOf(record, 1, 'completed').difference).toMatchObject({
      hidden: '19 seeds, 20 are needed',
      p: 1,
      isDistinguishable: false,
    });
  });

  test('hides the interval of a p99 of fewer than 368 sagas', async () => {
    const record = await recordOf({ seeds: 60, sagas: 6 });
    expect(metricOf(record, 1, 'latency-p99').difference?.hidden).toBe('360 sagas, 368 are needed');
    expect(metricOf(record, 1, 'latency-p50').difference?.interval).toBeDefined();
  });

  test('tells apart a policy that gives up early, and does not recommend it', async () => {
    const record = await recordOf({ seeds: 60 });
    expect(metricOf(record, 1, 'completed').difference).toMatchObject({ isDistinguishable: true });
    expect(metricOf(record, 1, 'completed').difference!.value).toBeLessThan(0);
    expect(record.recommended).toBe('default');
    expect(record.sentence).toMatch(/^No policy can be recommended over "default": "impatient" against/);
  });

  test('has resamples enough for the p-value that the correction asks for', async () => {
    const { statistics, metrics } = await recordOf({ seeds: 2 });
    const least = (2 / (statistics.resamples + 1)) * metrics.length;
    expect(least).toBeLessThan(statistics.familyError);
  });

  test('a policy that breaks an invariant is named with a seed', async () => {
    const record = await recordOf({ scenario: 'test/cli/fixtures/forgetful.ts', seeds: 3 });
    expect(record.verdict).toBe('violated');
    expect(record.policies[0]!.violations[0]).toMatchObject({ invariant: 'at-most-once', seed: 'root/0' });
    expect(record.sentence).toContain('"default" broke at-most-once in ');
  });

  test.each<[string, Partial<CompareOptions>, string]>([
    ['nothing to compare with', { policies: ['default'] }, 'compare needs two policies, not one'],
    ['a policy twice', { policies: ['naive', 'naive'] }, 'policy "naive" is given twice'],
    ['a setting that is none', { sweep: 'retry.timeut=1' }, 'policy "default" has no setting "retry.timeut"'],
    [
      'a value out of range',
      { sweep: 'retry.timeout.attemptsMax=0' },
      'policy "default": retry.timeout.attemptsMax is 0; it must be a whole number from 1 to 1000',
    ],
    ['a value that is no number', { sweep: 'callTimeoutMs=1s' }, 'callTimeoutMs: "1s" is not a whole number'],
    [
      'no values',
      { sweep: 'callTimeoutMs=' },
      '--sweep takes a setting and its values, not "callTimeoutMs="',
    ],
    [
      'a setting of every object',
      { sweep: '__proto__.x=1' },
      'policy "default" has no setting "__proto__.x"',
    ],
    [
      'too much',
      { seeds: 10_000, sagas: 1_000 },
      'a comparison keeps every duration: 10000 seeds of 1000 sagas',
    ],
  ])('%s is refused', async (_, options, message) => {
    await expect(recordOf(options)).rejects.toThrow(message);
  });
});

describe('the service levels of the scenario', () => {
  const PROMISES = 'test/cli/fixtures/promises.ts';

  test('are judged for each policy as a campaign of the same seeds judges them', async () => {
    const { policies } = await recordOf({ scenario: PROMISES, seeds: 6 });
    expect(policies.map(({ slo }) => slo?.map(({ id, state }) => [id, state]))).toEqual(
      Array(3).fill([
        ['slo/completedPermille', 'met'],
        ['slo/sagaP50Ms', 'missed'],
      ]),
    );
    const campaign = { scenario: PROMISES, profile: 'storm', seeds: 6 } as const;
    for (const { name, rootSeed, slo } of policies) {
      const record = await runCampaign({ ...campaign, policy: name, rootSeed, shrinkBudget: 0 });
      expect(slo).toEqual(record.slo);
    }
  });

  test('of load, too', async () => {
    const options = { scenario: 'outage', profile: 'calm', seeds: 2, sagas: 400 } as const;
    const { policies } = await recordOf({ ...options, policies: ['resilient', 'naive'] });
    const record = await runCampaign({ ...options, policy: 'naive', rootSeed: 'root', shrinkBudget: 0 });
    expect(policies[1]!.slo).toEqual(record.slo);
    expect(record.slo).toHaveLength(7);
  });

  test('count in the weather that they are promised in, and are in no record without them', async () => {
    const { policies } = await recordOf({
      scenario: 'outage',
      seeds: 2,
      sagas: 20,
      policies: ['resilient', 'naive'],
    });
    const honest = await recordOf({ seeds: 2 });
    for (const policy of [...policies, ...honest.policies]) expect('slo' in policy).toBe(false);
  });
});

describe('who cannot run is refused before the first run', () => {
  test.each<[string, Partial<CompareOptions>, string]>([
    [
      'a policy that does not fit the deadline of a definition',
      { scenario: 'bank-transfer', policies: ['default'], sweep: 'callTimeoutMs=500,200000' },
      '"default:callTimeoutMs=200000" cannot run: saga "bank-transfer": its steps may need 1213.2 s',
    ],
    [
      'a protocol that the scenario cannot run under',
      { scenario: 'scenarios/own-service/card-payments.ts', policies: [], protocols: ['saga', '2pc'] },
      'scenario "card-payments" cannot run under 2pc: service "payments" runs on its own',
    ],
  ])('%s', async (_, options, message) => {
    const done: number[] = [];
    const onProgress = (progress: { readonly done: number }): void => {
      done.push(progress.done);
    };
    await expect(recordOf({ seeds: 4, workers: 1, sagas: 2, ...options, onProgress })).rejects.toThrow(
      message,
    );
    expect(done).toEqual([]);
  });
});

/**
 * What a storm looks like: mean latencies that differ between seeds as much as they are large (coefficient of variation
 * 1, as measured for order-processing), and a policy that scatters around `factor` times that by 12 % of the mean.
 */
function synthetic(root: string, factor: number, isPaired: boolean): readonly (readonly SeedMeasure[])[] {
  const random = new Seed(root).stream('synthetic');
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const level = (): number => 30e6 * -Math.log(1 - random());
  const [baseline, other]: [SeedMeasure[], SeedMeasure[]] = [[], []];
  for (let i = 0; i < COMPARE_SEEDS_DEFAULT; i++) {
    const own = level();
    baseline.push(measure(i, own));
    other.push(measure(i, isPaired ? own * factor + 30e6 * 0.12 * normal() : level()));
  }
  return [baseline, other];
}

function measure(i: number, latencyUs: number): SeedMeasure {
  const completed = Math.round(7 + 3 * Math.sin(latencyUs));
  return {
    seed: `${i}`,
    verdict: 'held',
    sagas: {
      started: 10,
      completed,
      compensated: 10 - completed,
      failed: 0,
      compensationFailed: 0,
      open: 0,
      resumed: 0,
      shed: 0,
    },
    calls: 40 + (latencyUs % 7),
    usefulCalls: 4 * completed,
    circuitOpenUs: 0,
    events: 200 + (latencyUs % 11),
    virtualUs: 1e9,
    fingerprint: '',
    sagaUs: Float64Array.from({ length: 10 }, (_, k) => latencyUs * (0.55 + 0.1 * k)),
    compensationUs: new Float64Array(0),
    lockedUs: new Float64Array(0),
  };
}

function distinguishable(root: string, factor: number, isPaired: boolean): readonly string[] {
  const [baseline, other] = synthetic(root, factor, isPaired).map(metricsOf);
  const resamples = new Resamples(
    COMPARE_SEEDS_DEFAULT,
    RESAMPLES,
    new Seed(root).stream('compare/bootstrap'),
  );
  return compared(baseline!, other!, resamples)
    .filter(({ difference }) => difference?.isDistinguishable === true)
    .map(({ id }) => id);
}

describe('of 100 comparisons with the default number of seeds', () => {
  const roots = Array.from({ length: 100 }, (_, i) => `root-${i}`);

  test('at least 95 find nothing where there is nothing', () => {
    expect(
      roots.filter((root) => distinguishable(root, 1, false).length === 0).length,
    ).toBeGreaterThanOrEqual(95);
  });

  test('at least 95 find a mean latency that is 5 % longer', () => {
    const found = roots.filter((root) => distinguishable(root, 1.05, true).includes('latency-mean'));
    expect(found.length).toBeGreaterThanOrEqual(95);
  });
});
