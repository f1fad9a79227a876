// Express and Fastify themselves, in a service thread, through the adapter that the docs name.

import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { defineScenario, profiles, simulate } from '../../../simulator/index.ts';
import { callOf, fixture, outcomeOf, resultOf } from './one-call.ts';

const module = new URL('./fixtures/frameworks.ts', import.meta.url);

const light = defineSaga({
  name: 'light',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    lamp: { service: 'lamps', action: 'light', compensation: 'dim', payload: () => ({ watts: 5 }) },
  },
});

describe.each(['onExpress', 'onFastify'])('%s', (name) => {
  test('reads the body, the path and the headers, and answers', () => {
    expect(resultOf(name, { module })).toMatchObject({ action: 'light', watts: 5 });
  });

  test('answers with a status, and with 500 when a handler throws', () => {
    const asked = (watts: number) => outcomeOf(name, { module, call: callOf('s-0', { watts }) }).outcome;
    expect(asked(20)).toEqual({
      kind: 'rejected',
      failure: 'business',
      reason: 'answered 422: too bright',
    });
    expect(asked(-1)).toMatchObject({ kind: 'unknown', failure: 'transient' });
  });

  test('goes through storms, the same way each time', () => {
    const scenario = defineScenario({
      name: 'lamps',
      title: 'One lamp each',
      sagas: [light],
      participants: () => ({ lamps: fixture(name, module) }),
      workload: () => ({ saga: light, input: {} }),
    });
    const run = (seed: string) => simulate(scenario, { seed, sagas: 10, profile: profiles.storm });
    for (const seed of ['a', 'b', 'c']) {
      const { fingerprint, sagas } = run(seed);
      expect(sagas.completed).toBeGreaterThan(0);
      expect(run(seed).fingerprint).toBe(fingerprint);
    }
  });
});

test('Express sees where a request came from, and by which scheme', () => {
  expect(resultOf('onExpress', { module })).toMatchObject({ from: 'http://lamps.internal 127.0.0.1' });
});
