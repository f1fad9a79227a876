// How much load is too much once the world has healed: as much as the policy allows is never, going on for ever is.

import { describe, expect, test } from 'vitest';
import { definePolicy, defineSaga, type Participant } from '../../../engine/index.ts';
import { inventory } from '../../../participants-mock/index.ts';
import { defineScenario, profiles, simulate } from '../../../simulator/index.ts';
import { engineThatInsists } from './wrong-parts.ts';

const AT_ONCE = { attemptsMax: 500, initialMs: 20, maxMs: 20, factorPermille: 1_000 };
const eager = definePolicy({ name: 'eager', retry: { transient: AT_ONCE }, compensation: AT_ONCE });

/** Turns away the first so many calls of each operation. */
function busy(refusals: number): Participant {
  const inner = inventory({ items: { lamp: 100 } });
  const { actions, ledger } = inner;
  const asked = new Map<string, number>();
  return {
    actions,
    ledger,
    handle(call, env) {
      const before = asked.get(call.key) ?? 0;
      asked.set(call.key, before + 1);
      if (before >= refusals) return inner.handle(call, env);
      return { kind: 'rejected', failure: 'transient', reason: 'too busy' };
    },
  };
}

function scenario(refusals: number, kind: 'compensatable' | 'retriable') {
  const payload = () => ({ productId: 'lamp', quantity: 1 });
  const step = { service: 'inventory', action: 'reserve', payload };
  const saga = defineSaga({
    name: 'reserve',
    version: 1,
    policy: eager,
    steps: { reserve: kind === 'retriable' ? { ...step, kind } : { ...step, compensation: 'release' } },
  });
  return defineScenario({
    name: 'busy',
    title: 'A participant that turns callers away',
    sagas: [saga],
    participants: () => ({ inventory: busy(refusals) }),
    workload: () => ({ saga, input: {}, startAtUs: profiles.calm.chaosUs + 1 }),
  });
}

function accusedOf(...run: Parameters<typeof simulate>): readonly string[] {
  return simulate(...run).violations.map(({ invariant }) => invariant);
}

describe('after the world has healed', () => {
  const options = { seed: 'eager', sagas: 1, profile: profiles.calm };

  test('hundreds of quick attempts are no storm where the policy allows them', () => {
    expect(simulate(scenario(490, 'compensatable'), options).verdict).toBe('held');
  });

  test('more calls than the policy allows attempts are one', () => {
    const variant = engineThatInsists(3);
    expect(accusedOf(scenario(1_000, 'compensatable'), { ...options, variant })).toContain('bounded-load');
  });

  test('a step that goes on for ever is one when it comes as often as that', () => {
    expect(accusedOf(scenario(1_000, 'retriable'), options)).toEqual(['bounded-load']);
  });
});
