// The ordinary scenarios in a storm, under policies that govern everything and tightly: no invariant breaks, nobody waits
// for ever, and every saga is completed, undone, or turned away.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definePolicy, type GovernedSpec } from '../../../engine/index.ts';
import bankTransfer from '../../../scenarios/bank-transfer.ts';
import orderParallel from '../../../scenarios/order-parallel.ts';
import paymentChain from '../../../scenarios/payment-chain.ts';
import ride from '../../../scenarios/ride.ts';
import { profiles, simulate } from '../../../simulator/index.ts';

const row = { attemptsMax: 3, initialMs: 200, maxMs: 2_000, factorPermille: 2_000 };

const governed: fc.Arbitrary<GovernedSpec> = fc.record(
  {
    bulkhead: fc.record({ callsMax: fc.integer({ min: 1, max: 3 }), queueMax: fc.nat(5) }),
    circuitBreaker: fc.record({
      windowCalls: fc.constant(2),
      callsMin: fc.integer({ min: 1, max: 2 }),
      failurePermille: fc.constant(500),
      recoveryMs: fc.constantFrom(1, 1_000, 20_000),
      probes: fc.integer({ min: 1, max: 2 }),
      successesToClose: fc.integer({ min: 1, max: 2 }),
    }),
    retryBudget: fc.record({
      tokensMax: fc.constant(3),
      charge: fc.constantFrom('retries' as const, 'failures' as const),
      cost: fc.constant(1),
      timeoutCost: fc.constant(1),
      gainPermille: fc.constantFrom(0, 100, 1_000),
    }),
    hedge: fc.constant({ afterMs: 1 }),
    admission: fc.constant({ sagasMax: 2, queueMax: 3 }),
    adaptiveRetry: fc.constant({
      windowCalls: 5,
      successPermille: 500,
      lowSuccessFactorPermille: 1_500,
      recentFailures: 1,
      recentFailuresFactorPermille: 2_000,
    }),
  },
  { requiredKeys: [] },
);

test.each([bankTransfer, orderParallel, paymentChain, ride])('$name', (scenario) => {
  fc.assert(
    fc.property(governed, fc.nat(100_000), (spec, seed) => {
      const policy = definePolicy({
        name: 'tight',
        callTimeoutMs: 2_000,
        retry: { transient: row, timeout: { ...row, attemptsMax: 2 } },
        ...spec,
      });
      const options = { seed: `tight/${seed}`, sagas: 20, profile: profiles.storm, keepPlan: false };
      const result = simulate(scenario, { ...options, policy });
      expect(result.violations).toEqual([]);
      expect(result.verdict).toBe('held');
      expect(result.sagas.open).toBe(0);
    }),
    { numRuns: 150, seed: 4 },
  );
});
