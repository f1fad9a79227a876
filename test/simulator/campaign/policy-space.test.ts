// PS1: the root seed fixes the candidates. PS2: each of them can be used. PS3: what is not in the space stays.

import { expect, test } from 'vitest';
import { definePolicy, type FullPolicySpec, policies } from '../../../engine/policy/index.ts';
import { loadScenario } from '../../../simulator/campaign/index.ts';
import {
  type CandidateOptions,
  drawnCandidates,
  knownCandidates,
  SPACE_MEMBERS,
} from '../../../simulator/campaign/policy-space.ts';

const [{ scenario: brownOut }, { scenario: bankTransfer }] = await Promise.all([
  loadScenario('brown-out'),
  loadScenario('bank-transfer'),
]);

function drawn(options: Partial<CandidateOptions> & { readonly count?: number } = {}, scenario = brownOut) {
  const { count = 100, ...rest } = options;
  return drawnCandidates(scenario, knownCandidates(scenario, rest), count, { rootSeed: 'root', ...rest });
}

function membersOf({ name: _, ...members }: FullPolicySpec): Readonly<Record<string, unknown>> {
  return members;
}

test('every draw is a policy that definePolicy takes, under its own name', () => {
  const candidates = drawn();
  expect(candidates.map(({ name }) => name)).toEqual(Array.from({ length: 100 }, (_, i) => `tuned-${i + 1}`));
  for (const { name, spec } of candidates) expect(definePolicy(spec!).name).toBe(name);
});

test('the root seed fixes the draws, and more of them begin with the same', () => {
  expect(drawn({ count: 20 })).toEqual(drawn({ count: 100 }).slice(0, 20));
  expect(drawn({ rootSeed: 'other' })).not.toEqual(drawn());
});

test('no two draws have the same settings', () => {
  const texts = drawn({ count: 300 }).map(({ spec }) => JSON.stringify(membersOf(spec!)));
  expect(new Set(texts).size).toBe(300);
});

test('every member of the space varies, and so does every failure class that is tried again', () => {
  const specs = drawn().map(({ spec }) => spec!);
  for (const member of SPACE_MEMBERS)
    expect(new Set(specs.map((spec) => JSON.stringify(spec[member]))).size, member).toBeGreaterThan(1);
  for (const { retry } of specs) expect(retry.business).toEqual(policies.default.toJSON().retry.business);
});

test('the baseline comes first, then every other policy that has a name', () => {
  expect(knownCandidates(brownOut, {}).map(({ name, origin }) => [name, origin])).toEqual([
    ['resilient', 'baseline'],
    ['default', 'known'],
    ['impatient', 'known'],
    ['patient', 'known'],
    ['naive', 'known'],
  ]);
  expect(knownCandidates(brownOut, { policy: 'naive' })[0]).toMatchObject({ name: 'naive', policy: 'naive' });
});

test('a narrow space leaves the rest as it is in the baseline, and has only so many policies', () => {
  const space = ['bulkhead', 'hedge'] as const;
  expect(knownCandidates(brownOut, { space }).map(({ name }) => name)).toEqual(['resilient']);
  const candidates = drawn({ space });
  const { bulkhead: _b, hedge: _h, ...others } = membersOf(policies.resilient.toJSON());
  for (const { spec } of candidates) {
    const { bulkhead: _, hedge: __, ...own } = membersOf(spec!);
    expect(own).toEqual(others);
  }
  expect(candidates.length).toBe(6 * 4 - 1);
});

test('who does not fit the deadline of a saga is no candidate (E12)', () => {
  const [saga] = bankTransfer.sagas;
  const short = { ...bankTransfer, sagas: [{ ...saga!, deadlineUs: 60_000_000 }] };
  const fits = (spec: FullPolicySpec): boolean => {
    try {
      definePolicy(spec).check(short.sagas[0]!);
      return true;
    } catch {
      return false;
    }
  };
  const [, ...known] = knownCandidates(short, {});
  expect(known.map(({ name }) => name)).toEqual(['impatient', 'naive']);
  expect(drawn({}, bankTransfer).every(({ spec }) => fits(spec!))).toBe(false);
  const candidates = drawn({}, short);
  expect(candidates.length).toBeGreaterThan(50);
  for (const { spec } of candidates) expect(fits(spec!)).toBe(true);
});

test('a draw never takes the name of the baseline', () => {
  const mine = definePolicy({ name: 'tuned-2' });
  const scenario = { ...brownOut, policy: mine };
  expect(drawn({ count: 3 }, scenario).map(({ name }) => name)).toEqual(['tuned-1', 'tuned-3', 'tuned-4']);
});
