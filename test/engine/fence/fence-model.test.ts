// Whatever the network does to the calls of some sagas, the effects are those of a model that is too simple to be
// wrong: per step, at most one effect and at most one undo, and nothing after an undo.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Call, isFinal, type Outcome } from '../../../engine/core/protocol.ts';
import { Fence } from '../../../engine/fence/index.ts';
import { at, callOf } from './call-of.ts';

const answers: readonly Outcome[] = [
  { kind: 'applied' },
  { kind: 'applied', result: { id: 1 } },
  { kind: 'rejected', failure: 'business', reason: '' },
  { kind: 'rejected', failure: 'invalid_request', reason: '' },
  { kind: 'rejected', failure: 'transient', reason: '' },
  { kind: 'unknown', failure: 'timeout', reason: '' },
];

/** One arrival: which operation, which attempt, and what the effect would answer if it were run now. */
const arrival = fc.record({
  direction: fc.constantFrom('forward', 'compensation'),
  saga: fc.constantFrom('s-1', 's-2'),
  step: fc.constantFrom('a', 'b'),
  round: fc.constantFrom(0, 1),
  attempt: fc.integer({ min: 1, max: 3 }),
  payload: fc.constantFrom(1, 1, 1, 2),
  answer: fc.oneof(fc.constantFrom(...answers), fc.constant('throws' as const)),
});

type Arrival = typeof arrival extends fc.Arbitrary<infer A> ? A : never;

/** Effects in the order in which they happened, by operation. */
class Storm {
  readonly log: string[] = [];
  readonly #fence: Fence;
  #answer: Arrival['answer'] = 'throws';

  constructor() {
    this.#fence = new Fence({ apply: (call) => this.#act(call), undo: (call) => this.#act(call) });
  }

  deliver({ direction, saga, step, round, attempt, payload, answer }: Arrival): Outcome | 'thrown' {
    this.#answer = answer;
    try {
      return this.#fence.handle(callOf(direction, '', payload, { saga, step, round, attempt }), at(1));
    } catch {
      return 'thrown';
    }
  }

  #act({ direction, saga, step, round }: Call): Outcome {
    if (this.#answer === 'throws') throw new Error('disk full');
    if (this.#answer.kind === 'applied') this.log.push(`${direction} ${saga} ${step} ${round}`);
    return this.#answer;
  }
}

const arrivals = fc.array(arrival, { maxLength: 60 });

test('an operation has at most one effect, an undo only after it, and nothing after that', () => {
  fc.assert(
    fc.property(arrivals, (calls) => {
      const storm = new Storm();
      for (const call of calls) storm.deliver(call);
      const { log } = storm;
      expect(new Set(log).size).toBe(log.length);
      for (const [i, line] of log.entries()) {
        if (!line.startsWith('compensation')) continue;
        const forward = log.indexOf(line.replace('compensation', 'forward'));
        expect(forward).toBeGreaterThanOrEqual(0);
        expect(forward).toBeLessThan(i);
      }
    }),
    { numRuns: 500 },
  );
});

test('once a compensation was applied, the step has no standing effect and never gets one', () => {
  fc.assert(
    fc.property(arrivals, (calls) => {
      const storm = new Storm();
      const closed = new Set<string>();
      for (const call of calls) {
        const outcome = storm.deliver(call);
        const { direction, saga, step, round } = call;
        const name = `${saga} ${step} ${round}`;
        if (direction === 'compensation' && outcome !== 'thrown' && outcome.kind === 'applied')
          closed.add(name);
        for (const done of closed) {
          expect(storm.log.includes(`forward ${done}`)).toBe(storm.log.includes(`compensation ${done}`));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('the answer to an operation never changes once it is final, and another payload never has an effect', () => {
  fc.assert(
    fc.property(arrivals, (calls) => {
      const storm = new Storm();
      const final = new Map<string, { payload: number; outcome: Outcome }>();
      for (const call of calls) {
        const effects = storm.log.length;
        const outcome = storm.deliver(call);
        const key = `${call.direction} ${call.saga} ${call.step} ${call.round}`;
        const known = final.get(key);
        if (known !== undefined) {
          expect(storm.log.length).toBe(effects);
          if (known.payload === call.payload) expect(outcome).toEqual(known.outcome);
          else expect(outcome).toMatchObject({ kind: 'rejected' });
        } else if (outcome !== 'thrown' && closes(call, outcome)) {
          final.set(key, { payload: call.payload, outcome });
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** A refused compensation may be resumed; a refused forward call is closed. */
function closes({ direction }: Arrival, outcome: Outcome): boolean {
  if (outcome.kind === 'applied') return true;
  return direction === 'forward' && outcome.kind === 'rejected' && isFinal(outcome.failure);
}
