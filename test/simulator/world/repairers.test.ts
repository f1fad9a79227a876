// People who repair sagas in a run: every act is done, some are asked for twice, over crashes and takeovers, and nothing breaks.

import { expect, test } from 'vitest';
import { diagnose, type SagaEvent } from '../../../engine/index.ts';
import repair from '../../../scenarios/repair.ts';
import { defineScenario, type InvariantFactory, profiles, simulate } from '../../../simulator/index.ts';

/** Collects the log of every saga that ends. */
function watched(logs: Map<string, readonly SagaEvent[]>): InvariantFactory {
  return () => ({
    id: 'watch',
    statement: 'Somebody watches',
    onEnded: (_ending, log, file) => void logs.set(file.saga, log.events),
  });
}

test('in a storm all five acts are done, and every invariant holds', () => {
  const acts = new Set<string>();
  const faults = new Set<string>();
  for (const seed of ['r/1', 'r/2', 'r/3']) {
    const logs = new Map<string, readonly SagaEvent[]>();
    const result = simulate(
      { ...repair, invariants: [watched(logs)] },
      { seed, sagas: 60, profile: profiles.storm },
    );
    expect([result.verdict, result.violations]).toEqual(['held', []]);
    for (const fault of Object.keys(result.faultsDelivered)) faults.add(fault);
    for (const event of [...logs.values()].flat()) {
      if ('act' in event && event.act !== undefined) acts.add(event.kind);
    }
    for (const [saga, events] of logs) {
      const log = events.map((event, i) => ({ saga, version: i + 1, epoch: 1, atUs: i, event }));
      expect(diagnose({ log, nowUs: log.length }).class).not.toBe('log-corruption');
    }
    const { started, completed, compensated, failed, resolved = 0, open } = result.sagas;
    expect(completed + compensated + failed + resolved + open).toBe(started);
    expect(resolved).toBeGreaterThan(0);
  }
  for (const fault of ['takeover', 'zombie', 'orchestrator-crash', 'append-unknown'])
    expect(faults).toContain(fault);
  expect([...acts].sort()).toEqual([
    'compensation-resumed',
    'saga-resolved',
    'saga-retried',
    'step-skipped',
    'stop-requested',
  ]);
});

test('the same run again is the same, event by event', () => {
  const run = () => simulate(repair, { seed: 'again', sagas: 40, profile: profiles.storm });
  expect(run().fingerprint).toBe(run().fingerprint);
});

test.each([-1, 1_001, 0.5, Number.NaN])('%s of 1,000 sagas cannot be repaired', (permille) => {
  const { policy, ...spec } = repair;
  expect(() => defineScenario({ ...spec, policy: policy!, repairs: { permille } })).toThrow(
    /repairs\.permille/,
  );
});
