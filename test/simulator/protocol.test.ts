// Scenarios under two-phase commit: the same faults, the same invariants, and locks besides.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineSaga, type SagaDefinition } from '../../engine/index.ts';
import { bank, inventory, orders, payment } from '../../participants-mock/index.ts';
import { renderPretty } from '../../reports/index.ts';
import bankTransfer from '../../scenarios/bank-transfer.ts';
import orderHistory from '../../scenarios/event-sourced/order-history.ts';
import { points } from '../../scenarios/isolation/points.ts';
import order from '../../scenarios/order.ts';
import orderParallel from '../../scenarios/order-parallel.ts';
import orderProcessing from '../../scenarios/order-processing.ts';
import cardPayments from '../../scenarios/own-service/card-payments.ts';
import paymentChain from '../../scenarios/payment-chain.ts';
import { bug as neverUndoes } from '../../scenarios/planted-bugs/never-undoes.ts';
import { bug as votesInMemory } from '../../scenarios/planted-bugs/votes-in-memory.ts';
import ride from '../../scenarios/ride.ts';
import { explore, readCapsule, replayCapsule, runCampaign } from '../../simulator/campaign/index.ts';
import { defineScenario, inProtocol, profiles, type Scenario, simulate } from '../../simulator/index.ts';
import { type Offer, sagaDefinition } from '../../testing/fast-check/saga-definition.ts';

const SAGAS = 40;
const same = (text: string): string => text;
const PLAIN = { colors: { bold: same, dim: same, green: same, red: same, yellow: same }, width: 100 };

/** Nobody meets anybody. */
function withAccountsOfTheirOwn(): Scenario {
  const transfer = defineSaga({
    name: 'transfer',
    version: 1,
    steps: {
      debit: { service: 'bank', action: 'debit', compensation: 'compensate_debit' },
    },
  });
  return defineScenario({
    name: 'lonely',
    title: 'One account each',
    sagas: [transfer],
    participants: ({ sagas }) => ({ bank: bank({ accounts: sagas, openingBalance: 5 }) }),
    workload: ({ index }) => ({
      saga: transfer,
      input: { account: `a-${index}`, amount: 1 + (index % 8) },
    }),
  });
}

const OFFERS: readonly Offer[] = [
  {
    service: 'inventory',
    action: 'reserve',
    compensation: 'release',
    payload: () => ({ productId: 'lamp', quantity: 1 }),
  },
  {
    service: 'payment',
    action: 'charge',
    compensation: 'refund',
    payload: () => ({ amount: 1_00 }),
    compensationPayload: () => ({}),
  },
  { service: 'orders', action: 'create', compensation: 'cancel', payload: () => ({}) },
];

function shopOf(saga: SagaDefinition): Scenario {
  return defineScenario({
    name: 'any-shop',
    title: 'Any saga',
    sagas: [saga],
    participants: ({ sagas }) => ({
      inventory: inventory({ items: { lamp: 5 * sagas } }),
      payment: payment({ customers: 1, openingBalance: 1_000_00 }),
      orders: orders({ createFails: { permille: 200 } }),
    }),
    workload: () => ({ saga, input: {} }),
  });
}

test.each(['choreography', '2pc'] as const)('under %s the same is judged by the same', (protocol) => {
  const awards = points({ name: 'awards', title: 'Awards', adds: true });
  for (const scenario of [awards, orderHistory]) {
    const run = { seed: 'same', sagas: SAGAS, profile: profiles.storm };
    const { verdict, violations, invariantsExercised } = simulate(inProtocol(scenario, protocol), run);
    expect([verdict, violations]).toEqual(['held', []]);
    // An invariant of the scenario's own finds the participants that the scenario made.
    if (scenario === orderHistory) expect(invariantsExercised).toContain('snapshot-is-fold');
  }
});

describe('under two-phase commit', () => {
  test.each([bankTransfer, orderParallel, paymentChain, ride])('$name holds in a storm', (scenario) => {
    const committed = inProtocol(scenario, '2pc');
    for (let i = 0; i < 5; i++) {
      const result = simulate(committed, { seed: `two/${i}`, sagas: SAGAS, profile: profiles.storm });
      expect([result.verdict, result.violations]).toEqual(['held', []]);
      expect(result.invariantsExercised).toContain('locks-released');
      expect(result.lockedUs!.length).toBeGreaterThan(SAGAS / 4);
    }
  });

  test('in calm weather, and without contention, it comes to what the saga comes to', () => {
    const lonely = withAccountsOfTheirOwn();
    const countsOf = (scenario: Scenario) =>
      simulate(scenario, { seed: 'a', sagas: SAGAS, profile: profiles.calm }).sagas;
    expect(countsOf(inProtocol(lonely, '2pc'))).toEqual(countsOf(lonely));
    expect(countsOf(lonely)).toMatchObject({ completed: 25, failed: 15 });
  });

  test('locks that nobody releases are found', () => {
    const { wrong } = votesInMemory;
    const results = Array.from({ length: 5 }, (_, i) =>
      simulate(wrong, { seed: `votes/${i}`, sagas: 10, profile: profiles.storm }),
    );
    const found = results.flatMap(({ violations }) =>
      violations.filter((one) => one.invariant === 'locks-released'),
    );
    expect(found[0]?.message).toMatch(/locks are held by debit/);
  });
});

describe('under choreography', () => {
  test.each([bankTransfer, order, orderParallel, orderProcessing, paymentChain, ride])(
    '$name holds in a storm',
    (scenario) => {
      const choreographed = inProtocol(scenario, 'choreography');
      for (let i = 0; i < 5; i++) {
        const result = simulate(choreographed, { seed: `three/${i}`, sagas: SAGAS, profile: profiles.storm });
        expect([result.verdict, result.violations]).toEqual(['held', []]);
        expect(result.invariantsExercised).toContain('messages-handled');
        expect(result.sagas.completed).toBeGreaterThan(SAGAS / 4);
      }
    },
  );

  test('in calm weather, and without contention, it comes to what the saga comes to', () => {
    const countsOf = (scenario: Scenario) =>
      simulate(scenario, { seed: 'a', sagas: SAGAS, profile: profiles.calm }).sagas;
    const lonely = withAccountsOfTheirOwn();
    expect(countsOf(inProtocol(lonely, 'choreography'))).toEqual(countsOf(lonely));
  });

  test('any saga holds, in the order that its steps say', () => {
    fc.assert(
      fc.property(sagaDefinition(OFFERS), fc.nat(1_000_000), (saga, seed) => {
        const scenario = inProtocol(shopOf(saga), 'choreography');
        const { violations, sagas } = simulate(scenario, {
          seed: `any/${seed}`,
          sagas: 5,
          profile: profiles.storm,
        });
        expect([violations, sagas.open]).toEqual([[], 0]);
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  [neverUndoes.wrong, '2pc', 'cannot run under 2pc: it has an engine of its own'],
  [cardPayments, '2pc', 'cannot run under 2pc: service "payments" runs on its own'],
  [cardPayments, 'choreography', 'cannot run under choreography: service "payments" runs on its own'],
] as const)('%# is refused in one sentence', (scenario, protocol, sentence) => {
  expect(() => inProtocol(scenario, protocol)).toThrow(sentence);
});

test('a failure under two-phase commit has a capsule that runs again, and a command that says so', async () => {
  const out = mkdtempSync(join(tmpdir(), 'sagastorm-protocol-'));
  const options = {
    profile: 'storm',
    protocol: '2pc',
    rootSeed: 'a',
    seeds: 3,
    sagas: 20,
    workers: 1,
    out,
  } as const;
  const record = await runCampaign({ ...options, scenario: 'test/cli/fixtures/forgetful.ts' });
  const { violations, protocol } = record;
  expect(protocol).toBe('2pc');
  expect(renderPretty(record, PLAIN).split('\n')[0]).toContain('· storm · 2pc');
  const [violation] = violations;
  expect(violation!.replay).toMatch(/replay \S+\.json$/);
  const path = /\S+\.json$/.exec(violation!.replay)![0];
  const capsule = readCapsule(path);
  expect(capsule.protocol).toBe('2pc');
  const { result } = await replayCapsule(capsule, path);
  expect(result.fingerprint).toBe(capsule.fingerprint);
});

test.each([
  ['choreography', 'bank-transfer-choreography'],
  ['2pc', 'bank-transfer-2pc'],
] as const)('what is explored under %s is what runs under it', async (protocol, saga) => {
  const record = await explore({
    scenario: 'bank-transfer',
    profile: 'calm',
    protocol,
    sagas: 1,
    faults: 1,
    workers: 1,
    out: mkdtempSync(join(tmpdir(), 'sagastorm-protocol-')),
  });
  expect([record.verdict, record.steps?.[0]?.saga]).toEqual(['held', saga]);
});
