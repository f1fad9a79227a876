// A scenario's own invariants: each says who it is, and answers for what it throws.

import { describe, expect, test } from 'vitest';
import { type Invariant, profiles, simulate } from '../../../simulator/index.ts';
import { promising } from '../../cli/fixtures/promises.ts';

const own = (invariant: Partial<Invariant>) => () => ({ id: 'own', statement: 'All is well', ...invariant });

describe('an invariant', () => {
  test.each<[string, readonly (() => Invariant)[], RegExp]>([
    ['without kebab-case', [own({ id: 'One Invoice' })], /has the id "One Invoice", which is not kebab-case/],
    ['without an id', [own({ id: undefined as unknown as string })], /has the id undefined/],
    ['of a built-in name', [own({ id: 'at-most-once' })], /has the id "at-most-once" of a built-in one/],
    ['of a name that is taken', [own({}), own({})], /has the id "own" of another one/],
    ['without a statement', [own({ statement: '' })], /invariant "own" has no statement/],
    ['that is nothing', [() => undefined as unknown as Invariant], /has the id undefined/],
    [
      'that cannot be made',
      [
        () => {
          throw new TypeError('no quill');
        },
      ],
      /an invariant of the scenario, when it was made, threw TypeError: no quill/,
    ],
  ])('%s is refused', (_what, invariants, sentence) => {
    expect(() => promising({ invariants })).toThrow(sentence);
    expect(() => promising({ invariants })).toThrow(expect.objectContaining({ name: 'UserError' }));
  });

  test('may be a class with members of its own, and judges as it would alone', () => {
    class Counting implements Invariant {
      readonly id = 'counting';
      readonly statement = 'Nobody calls';
      #calls = 0;
      readonly #report: (message: string) => void;
      constructor(report: (message: string) => void) {
        this.#report = report;
      }
      onCall(): void {
        this.#calls++;
      }
      onQuiescence(): void {
        this.#report(`${this.#calls} calls`);
      }
    }
    const scenario = promising({
      invariants: [(report) => new Counting((message) => report.violated(message))],
    });
    const { violations } = simulate(scenario, { seed: 'x', sagas: 2, profile: profiles.calm });
    expect(violations).toMatchObject([{ invariant: 'counting', message: '4 calls' }]);
  });
});
