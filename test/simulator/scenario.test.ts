// What a scenario and its workload may not say: each is refused in one sentence, before anything runs.

import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineSaga } from '../../engine/index.ts';
import { inventory } from '../../participants-mock/index.ts';
import {
  defineScenario,
  profiles,
  type RunResult,
  type Scenario,
  type ScenarioSpec,
  simulate,
} from '../../simulator/index.ts';

const saga = defineSaga({
  name: 'reserve-only',
  version: 1,
  steps: {
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      payload: () => ({ productId: 'lamp', quantity: 1 }),
    },
  },
});
const stranger = defineSaga({
  name: 'stranger',
  version: 1,
  steps: { reserve: { service: 'inventory', action: 'reserve', compensation: 'release' } },
});

function scenarioWith(members: Partial<ScenarioSpec>): Scenario {
  return defineScenario({
    name: 'small',
    title: 'One reservation',
    sagas: [saga],
    participants: () => ({ inventory: inventory({ items: { lamp: 100 } }) }),
    workload: () => ({ saga, input: {} }),
    ...members,
  });
}

function run(members: Partial<ScenarioSpec>): RunResult {
  return simulate(scenarioWith(members), { seed: 'small', sagas: 3, profile: profiles.calm });
}

function startingAt(startAtUs: number): Partial<ScenarioSpec> {
  return { workload: ({ index }) => ({ saga, input: {}, ...(index === 2 ? { startAtUs } : {}) }) };
}

test.each([0, -1, 251, 1.5, Number.NaN, '2'])('%s orchestrators are refused', (orchestrators) => {
  expect(() => scenarioWith({ orchestrators: orchestrators as number })).toThrow(
    expect.objectContaining({
      name: 'UserError',
      code: 'bad-scenario',
      message: `scenario "small" has ${String(orchestrators)} orchestrators`,
    }),
  );
});

test('250 orchestrators can run', () => {
  expect(run({ orchestrators: 250 }).verdict).toBe('held');
});

test.each([
  [[], 'is an empty list'],
  [[100, 1.5], 'has 1.5 at place 1'],
  [[-1], 'has -1 at place 0'],
  [[2 ** 31], 'has 2147483648 at place 0'],
  [5, 'is neither percentiles nor a list'],
  [null, 'is neither percentiles nor a list'],
  [{ p90Us: 1 }, 'is neither percentiles nor a list'],
  [{ p50Us: 3, p90Us: 2, p99Us: 4, maxUs: 5 }, 'has percentiles that do not rise'],
  [{ p50Us: 1, p90Us: 2, p99Us: 3 }, 'has maxUs undefined'],
  [{ p50Us: 1, p90Us: 2, p99Us: 3, maxUs: Number.POSITIVE_INFINITY }, 'has maxUs Infinity'],
])('the latency %j is refused', (wrong, fault) => {
  for (const member of ['latency', 'storeLatency']) {
    const refusal = { code: 'bad-scenario', message: `scenario "small": \`${member}\` ${fault}` };
    expect(() => scenarioWith({ [member]: wrong })).toThrow(expect.objectContaining(refusal));
  }
});

test.each([Number.NaN, -1, 1e20, 1.5, Number.POSITIVE_INFINITY, '7'])(
  'a saga that starts at %s is refused by its number',
  (startAtUs) => {
    expect(() => run(startingAt(startAtUs as number))).toThrow(
      expect.objectContaining({
        code: 'bad-start',
        message: `the workload starts saga number 2 at ${String(startAtUs)}, not a moment of the run`,
      }),
    );
  },
);

test('a saga that starts at the last moment allowed still has its time', () => {
  const latestUs = profiles.calm.chaosUs + (saga.deadlineUs ?? 0) + 4 * 3_600_000_000;
  expect(run(startingAt(0)).verdict).toBe('held');
  expect(run(startingAt(latestUs)).verdict).toBe('held');
  expect(() => run(startingAt(latestUs + 1))).toThrow('saga number 2');
});

test.each([
  [{ saga: stranger, input: {} }, '"stranger", which scenario "small" does not list'],
  [{ input: {} }, 'no saga'],
  [undefined, 'no saga'],
  [null, 'no saga'],
])('a workload that returns another saga than those listed is refused', (start, what) => {
  expect(() => run({ workload: () => start as never })).toThrow(
    expect.objectContaining({
      code: 'bad-start',
      message: `the workload, asked for saga number 0, returns ${what}`,
    }),
  );
});

test.each<[what: string, members: object, message: RegExp]>([
  ['a misspelt member', { titel: 'x' }, /unknown member "titel"/],
  ['no sagas in a run', { sagasPerRun: 0 }, /sagasPerRun is 0/],
  [
    'a maker instead of a participant',
    { participants: () => ({ inventory }) },
    /"inventory" is no participant/,
  ],
  [
    'a participant without a ledger',
    { participants: () => ({ inventory: { ...inventory({ items: {} }), ledger: undefined } }) },
    /"inventory" is no participant/,
  ],
])('%s is refused before anything runs', (_what, members, message) => {
  expect(() => scenarioWith(members as Partial<ScenarioSpec>)).toThrow(message);
});

test('a workload that throws is told so, with the place', () => {
  const scenario = scenarioWith({
    workload: () => {
      throw new TypeError('no customer');
    },
  });
  expect(() => simulate(scenario, { seed: 's', sagas: 1, profile: profiles.calm })).toThrow(
    expect.objectContaining({
      code: 'bad-start',
      message: expect.stringMatching(
        /threw, for saga number 0: TypeError: no customer \(at test\/simulator\/scenario\.test\.ts:\d+:\d+\)$/,
      ),
    }),
  );
});

test('a workload gives each saga an input of its own type', () => {
  const steps = { reserve: { service: 'inventory', action: 'reserve', compensation: 'release' } };
  const counted = defineSaga({ name: 'counted', version: 1, input: z.object({ n: z.int() }), steps });
  const named = defineSaga({ name: 'named', version: 1, input: z.object({ name: z.string() }), steps });
  const participants = () => ({ inventory: inventory({ items: { lamp: 1 } }) });
  const rest = { name: 'typed', title: 'Two inputs', sagas: [counted, named], participants };
  const right = defineScenario({
    ...rest,
    workload: ({ index }) =>
      index === 0 ? { saga: counted, input: { n: 1 } } : { saga: named, input: { name: 'lamp' } },
  });
  expect(right.sagas).toEqual([counted, named]);
  // @ts-expect-error: a count is a number
  defineScenario({ ...rest, workload: () => ({ saga: counted, input: { n: '1' } }) });
  // @ts-expect-error: the input of the other saga
  defineScenario({ ...rest, workload: () => ({ saga: named, input: { n: 1 } }) });
  defineScenario({ ...rest, sagas: [saga, counted], workload: () => ({ saga, input: 'whatever' }) });
  const paid = defineSaga({
    name: 'paid',
    version: 1,
    input: z.object({ in: z.enum(['EUR', 'USD']) }),
    steps,
  });
  defineScenario({ ...rest, sagas: [paid], workload: () => ({ saga: paid, input: { in: 'EUR' } }) });
  // @ts-expect-error: no such currency
  defineScenario({ ...rest, sagas: [paid], workload: () => ({ saga: paid, input: { in: 'GBP' } }) });
});
