// `simulate` refuses what it cannot run in one sentence, before anything is run.

import { describe, expect, test } from 'vitest';
import {
  FAULTS,
  type PlannedFault,
  profiles,
  type SimulationOptions,
  simulate,
} from '../../../simulator/index.ts';
import honest from '../../cli/fixtures/honest.ts';

const good: SimulationOptions = { seed: 'x', sagas: 2, profile: profiles.calm };
const drop = { kind: 'drop-reply', at: 's-0/stamp/forward#1:reply', params: {} };
const slow = { kind: 'delay-reply', at: 's-0/stamp/forward#1:reply', params: { delayUs: 1 } };

describe('simulate()', () => {
  test.each<[string, object, RegExp]>([
    ['no seed', { seed: undefined }, /seed is undefined/],
    ['a number for a seed', { seed: 7 }, /seed is 7/],
    ['no saga', { sagas: 0 }, /sagas is 0/],
    ['half a saga', { sagas: 1.5 }, /sagas is 1\.5/],
    ['the name of a profile', { profile: 'storm' }, /profile is "storm"/],
    [
      'a ceiling that is no number',
      { profile: { ...profiles.calm, ceilingPpm: { pause: Number.NaN } } },
      /ceiling of pause is NaN/,
    ],
    ['no profile', { profile: undefined }, /profile is undefined/],
    ['the name of a policy', { policy: 'patient' }, /policy is "patient"/],
    ['a member that there is not', { sedes: 3 }, /unknown member "sedes"/],
    ['sagas that do not rise', { only: [1, 0] }, /only is \[1,0\]/],
    ['a saga that does not come', { only: [2] }, /only is \[2\]/],
    ['a plan that is no list', { plan: {} }, /plan is not a list of faults/],
    ['a fault that is none', { plan: ['drop-reply'] }, /plan has as fault 1 drop-reply, which is no object/],
    [
      'a kind that there is not',
      { plan: [drop, { ...drop, kind: 'drop-replys' }] },
      /plan has as fault 2 one of the kind "drop-replys" \(did you mean "drop-reply"\?\), which there is not/,
    ],
    ['a fault with a member too many', { plan: [{ ...drop, when: 1 }] }, /unknown member "when"/],
    ['a fault that strikes nowhere', { plan: [{ ...drop, at: undefined }] }, /whose "at" is not a text/],
    ['a parameter that there is not', { plan: [{ ...slow, params: { delay: 1 } }] }, /parameter "delay"/],
    ['a parameter out of bounds', { plan: [{ ...slow, params: { delayUs: 1.5 } }] }, /delayUs is 1\.5/],
  ])('%s is refused', (_what, change, sentence) => {
    const wrong = { ...good, ...change } as SimulationOptions;
    expect(() => simulate(honest, wrong)).toThrow(sentence);
    expect(() => simulate(honest, wrong)).toThrow(expect.objectContaining({ code: 'bad-options' }));
  });

  test('what is no scenario is refused', () => {
    const spec = { name: 'honest' } as unknown as typeof honest;
    expect(() => simulate(spec, good)).toThrow(/its first argument is not a scenario/);
  });

  test('what a storm came to is a plan', () => {
    const { plan, fingerprint } = simulate(honest, { ...good, sagas: 300, profile: profiles.storm });
    expect(new Set(plan.map(({ kind }) => kind)).size).toBeGreaterThan(20);
    const again = simulate(honest, { ...good, sagas: 300, plan });
    expect(again.fingerprint).toBe(fingerprint);
  });

  test('what a fault is made milder to is a plan', () => {
    const plan = FAULTS.flatMap(({ kind, draw, shrink }): readonly PlannedFault[] =>
      shrink(draw((_name, _min, max) => max)).map((params) => ({ kind, at: 'nowhere', params })),
    );
    expect(simulate(honest, { ...good, plan }).verdict).toBe('held');
  });
});
