// Scenarios under two-phase commit: the same faults, the same invariants, and locks besides.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../engine/index.ts';
import { bank } from '../../participants-mock/index.ts';
import { renderPretty } from '../../reports/index.ts';
import bankTransfer from '../../scenarios/bank-transfer.ts';
import orderParallel from '../../scenarios/order-parallel.ts';
import cardPayments from '../../scenarios/own-service/card-payments.ts';
import paymentChain from '../../scenarios/payment-chain.ts';
import { bug as neverUndoes } from '../../scenarios/planted-bugs/never-undoes.ts';
import { bug as votesInMemory } from '../../scenarios/planted-bugs/votes-in-memory.ts';
import ride from '../../scenarios/ride.ts';
import { readCapsule, replayCapsule, runCampaign } from '../../simulator/campaign/index.ts';
import { defineScenario, inProtocol, profiles, type Scenario, simulate } from '../../simulator/index.ts';

const SAGAS = 40;
const same = (text: string): string => text;
const PLAIN = { colors: { bold: same, dim: same, green: same, red: same, yellow: same }, width: 100 };

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
    const transfer = defineSaga({
      name: 'transfer',
      version: 1,
      steps: {
        debit: { service: 'bank', action: 'debit', compensation: 'compensate_debit' },
      },
    });
    const lonely = defineScenario({
      name: 'lonely',
      title: 'One account each',
      sagas: [transfer],
      participants: ({ sagas }) => ({ bank: bank({ accounts: sagas, openingBalance: 5 }) }),
      workload: ({ index }) => ({
        saga: transfer,
        input: { account: `a-${index}`, amount: 1 + (index % 8) },
      }),
    });
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

  test.each([
    [neverUndoes.wrong, 'cannot run under 2pc: it has an engine of its own'],
    [cardPayments, 'cannot run under 2pc: service "payments" runs on its own'],
  ])('%# is refused in one sentence', (scenario, sentence) => {
    expect(() => inProtocol(scenario, '2pc')).toThrow(sentence);
  });
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
