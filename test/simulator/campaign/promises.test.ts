// What a scenario declares beside invariants: service levels, and what must happen at least once.

import { describe, expect, test } from 'vitest';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import { objectivesOf } from '../../../simulator/campaign/objectives.ts';
import type { Percentiles, RunRecord } from '../../../simulator/index.ts';
import {
  inProtocol,
  PROTOCOLS,
  type Protocol,
  profiles,
  type Scenario,
  simulate,
  sometimes,
} from '../../../simulator/index.ts';
import { promising } from '../../cli/fixtures/promises.ts';

const NONE: Percentiles = { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };
const measured: Pick<RunRecord, 'sagas' | 'latencyUs'> = {
  sagas: {
    started: 1_000,
    completed: 994,
    compensated: 6,
    failed: 0,
    compensationFailed: 0,
    open: 0,
    resumed: 0,
    shed: 0,
  },
  latencyUs: {
    saga: { ...NONE, count: 1_000, p50: 90_000, p99: 2_000_000 },
    compensation: NONE,
    step: { ...NONE, count: 3_000, p99: 100_500 },
  },
};

describe('service levels', () => {
  test.each([
    [{ completedPermille: 994 }, 'met', 994],
    [{ completedPermille: 995 }, 'missed', 994],
    [{ sagaP50Ms: 90 }, 'met', 90],
    [{ sagaP50Ms: 89 }, 'missed', 90],
    [{ sagaP99Ms: 2_000 }, 'met', 2_000],
    [{ sagaP99Ms: 1_999 }, 'missed', 2_000],
    [{ stepP99Ms: 100 }, 'missed', 100.5],
    [{ compensationP99Ms: 1 }, 'not-measured', undefined],
  ])('%j is %s', (levels, state, actual) => {
    const [objective, ...more] = objectivesOf(levels, measured);
    expect(objective).toMatchObject({ state, id: `slo/${Object.keys(levels)[0]}` });
    expect(objective!.actual).toBe(actual);
    expect(more).toEqual([]);
  });

  test('an incident is noticed as late as the latest of several, and never when one of them never is', () => {
    const incident = { kind: 'outage', service: 'bank', from: 0, runs: 1, delivered: 1 };
    const noticed = (...us: readonly (number | undefined)[]) => {
      const incidents = us.map((noticedAfterUs) => ({
        ...incident,
        ...(noticedAfterUs === undefined ? {} : { noticedAfterUs }),
      }));
      const load = { incidents } as unknown as NonNullable<Parameters<typeof objectivesOf>[1]['load']>;
      return objectivesOf({ detectionMs: 5_000 }, { ...measured, load })[0];
    };
    expect(noticed(4_000_000, 5_000_000, 1_000_000)).toMatchObject({ state: 'met', actual: 5_000 });
    expect(noticed(4_000_000, 5_001_000)).toMatchObject({ state: 'missed', actual: 5_001 });
    expect(noticed(4_000_000, undefined)).toMatchObject({ state: 'missed', actual: -1 });
    expect(noticed()).toMatchObject({ state: 'not-measured' });
  });

  test('of quiet times nothing is measured where there were none', () => {
    const levels = { quietCompensatedPermille: 1, quietMeanMs: 1, quietP99Ms: 1 };
    const load = { incidents: [] } as unknown as NonNullable<Parameters<typeof objectivesOf>[1]['load']>;
    for (const objective of [
      ...objectivesOf(levels, measured),
      ...objectivesOf(levels, { ...measured, load }),
    ])
      expect(objective).toMatchObject({ state: 'not-measured' });
  });

  test.each([
    [{ sagaP99Ms: 1 }, '99 % of all sagas end within 1 ms'],
    [{ sagaP99Ms: 1_500 }, '99 % of all sagas end within 1,500 ms'],
    [{ sagaP99Ms: 2_000 }, '99 % of all sagas end within 2 s'],
    [{ sagaP99Ms: 2_345 }, '99 % of all sagas end within 2,345 ms'],
    [{ quietMeanMs: 2_300 }, 'sagas of quiet times end within 2.3 s on average'],
    [{ detectionMs: 90_000 }, 'an incident is noticed within 90 s'],
    [{ recoveryMs: 300_000 }, 'the load is back within 5 min of the last incident'],
    [{ completedPermille: 1_000 }, 'at least 1,000 of 1,000 sagas complete'],
  ])('%j is said with its unit: %s', (levels, statement) => {
    const [objective] = objectivesOf(levels, measured);
    expect(objective).toMatchObject({ statement, limit: Object.values(levels)[0] });
  });

  test.each([
    [{ completedPermille: 1_001 }, /slo\.completedPermille is 1001/],
    [{ sagaP99Ms: 1.5 }, /slo\.sagaP99Ms is 1\.5/],
    [{ sagaP99: 5 } as object, /slo: unknown member "sagaP99"/],
  ])('%j is refused', (slo, message) => {
    expect(() => promising({ slo })).toThrow(message);
  });
});

describe('that no saga completes', () => {
  const scenario = 'test/cli/fixtures/never-completes.ts';
  const options = { scenario, profile: 'calm', rootSeed: 'x', seeds: 1 } as const;

  test('proves little, unless the scenario says how many should, or there are few', async () => {
    const record = await runCampaign({ ...options, sagas: 20 });
    expect(record.inconclusive[0]!.reason).toContain('of 20 sagas none completed');
    expect(record.verdict).toBe('inconclusive');
    expect((await runCampaign({ ...options, sagas: 19 })).verdict).toBe('held');
    const meant = 'test/cli/fixtures/never-completes-and-says-so.ts';
    expect((await runCampaign({ ...options, scenario: meant, sagas: 20 })).verdict).toBe('held');
  });
});

describe('sometimes', () => {
  test('what never happens fails the campaign, what happens is counted', async () => {
    const scenario = 'test/cli/fixtures/promises.ts';
    const record = await runCampaign({ scenario, profile: 'calm', rootSeed: 'x', seeds: 3, sagas: 4 });
    expect(record.sometimes).toEqual([
      { name: 'a saga completes', times: record.sagas.completed },
      { name: 'the moon is reached', times: 0 },
    ]);
    expect(record.sagas.completed).toBeGreaterThan(0);
    expect(record.slo!.map(({ state }) => state)).toEqual(['met', 'missed']);
    expect(record.verdict).toBe('violated');
    expect(record.violations).toEqual([]);
  });

  test('what cannot happen under a protocol is not demanded under it', async () => {
    const demand = (under: readonly string[]) =>
      sometimes(under.join(' or '), () => false, { under: under as readonly Protocol[] });
    const scenario = promising({ sometimes: [demand(['2pc']), demand(['saga', '2pc'])] });
    expect(
      PROTOCOLS.map((protocol) => inProtocol(scenario, protocol).sometimes.map(({ name }) => name)),
    ).toEqual([['saga or 2pc'], [], ['2pc', 'saga or 2pc']]);
    expect(() => promising({ sometimes: [demand(['3pc'])] })).toThrow(
      '`sometimes` "3pc" is demanded under ["3pc"]',
    );
    const given = { rootSeed: 'people', seeds: 40, sagas: 60, shrinkBudget: 0 } as const;
    const record = await runCampaign({
      ...given,
      scenario: 'repair',
      protocol: 'choreography',
      profile: 'storm',
    });
    expect([record.verdict, record.sometimes?.length]).toEqual(['held', 5]);
  });

  test('of a scenario that no protocol was applied to, a run demands what it does of sagas', () => {
    const all = [['saga'], ['choreography', '2pc'], PROTOCOLS, undefined].map((under) =>
      sometimes(String(under), () => true, under && { under: under as readonly Protocol[] }),
    );
    const scenario = promising({ sometimes: all });
    const options = { seed: 'x', sagas: 2, profile: profiles.calm };
    const demanded = (of: Scenario) => Object.keys(simulate(of, options).sometimes);
    expect(demanded(scenario)).toEqual(['saga', 'saga,choreography,2pc', 'undefined']);
    expect(demanded(inProtocol(scenario, 'saga'))).toEqual(demanded(scenario));
    const others = ['choreography,2pc', 'saga,choreography,2pc', 'undefined'];
    expect(demanded(inProtocol(scenario, 'choreography'))).toEqual(others);
    expect(demanded(inProtocol(scenario, '2pc'))).toEqual(others);
  });

  test('under no protocol at all is refused', () => {
    expect(() => promising({ sometimes: [sometimes('never', () => false, { under: [] })] })).toThrow(
      '`sometimes` "never" is demanded under []',
    );
  });

  test('two of one name are refused', () => {
    const twice = ['a', 'b', 'a'].map((name) => sometimes(name, () => true));
    expect(() => promising({ sometimes: twice })).toThrow(/two `sometimes` are called "a"/);
  });
});
