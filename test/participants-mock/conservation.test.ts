// Whatever is sent, in whatever order and however often: money and things are neither made nor lost, every applied
// call is exactly one entry, and a saga that is undone leaves nothing in flight.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Call,
  CLEARING_PREFIX,
  type LedgerEntry,
  type Participant,
} from '../../engine/core/protocol.ts';
import { bank, inventory, orders, payment, ride, shipping } from '../../participants-mock/index.ts';
import { callOf } from '../engine/fence/call-of.ts';

const amount = fc.oneof(
  fc.integer({ min: -1, max: 40 }),
  fc.maxSafeInteger(),
  fc.constant('7'),
  fc.constant(undefined),
);
const payload = fc.oneof(
  fc.record({
    account: fc.constantFrom('a-0', 'a-1', 'a-9', 'clearing:transfers'),
    amount,
    productId: fc.constantFrom('p', 'q', 'x'),
    quantity: amount,
    customer: fc.constantFrom('c-0', 'c-1', undefined),
    authorization: fc.constantFrom('one', undefined, undefined),
    driver: fc.constantFrom('d-0', 'd-1', undefined, undefined),
  }),
  fc.jsonValue(),
);
const arrival = fc.record({
  saga: fc.constantFrom('s-1', 's-2', 's-3'),
  step: fc.constantFrom('a', 'b', 'c'),
  attempt: fc.integer({ min: 1, max: 3 }),
  direction: fc.constantFrom('forward', 'forward', 'compensation'),
  action: fc.nat(),
  payload,
  luck: fc.boolean(),
});
type Arrival = typeof arrival extends fc.Arbitrary<infer A> ? A : never;

const makers: readonly (readonly [string, () => Participant])[] = [
  ['bank', () => bank({ accounts: 2, openingBalance: 50 })],
  ['inventory', () => inventory({ items: { p: 50, q: 10 } })],
  ['payment', () => payment({ customers: 2, openingBalance: 50 })],
  ['orders', () => orders({ createFails: { permille: 1 } })],
  ['shipping', () => shipping({ createFails: { permille: 1 } })],
  ['ride', () => ride({ drivers: 2, leaseUs: 5 })],
];
const EFFECT_FREE = ['find_driver', 'look'];

/** The call of an arrival; the hash is not taken, for what arrives may be no payload at all. */
function callFrom({ actions }: Participant, { direction, action, payload: sent, ...rest }: Arrival): Call {
  return callOf(direction, actions[action % actions.length]!, sent, {
    ...rest,
    payloadHash: JSON.stringify(sent)?.length ?? 0,
  });
}

/** Exact, whatever the order: sums of numbers near 2^53 are not. */
function total({ ledger }: Participant): bigint {
  let sum = 0n;
  for (const [, balance] of ledger.balances()) sum += BigInt(balance);
  return sum;
}

describe.each(makers)('%s', (_, make) => {
  test('never throws, conserves money and stock, and keeps books that agree with its balances', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
        const participant = make();
        const opening = new Map(participant.ledger.balances());
        const before = total(participant);
        arrivals.forEach((sent, nowUs) => {
          participant.handle(callFrom(participant, sent), {
            nowUs,
            chance: () => sent.luck,
            commit: () => undefined,
          });
          for (const { postings = [] } of participant.ledger.drain()) {
            expect(postings.reduce((sum, posting) => sum + posting.amount, 0)).toBe(0);
            for (const { account, amount: change } of postings) {
              opening.set(account, opening.get(account)! + change);
            }
          }
        });
        expect(total(participant)).toBe(before);
        expect(new Map(participant.ledger.balances())).toEqual(opening);
        for (const { onHand, reserved, sold, total: all } of participant.ledger.stock()) {
          expect(onHand + reserved + sold).toBe(all);
          expect(Math.min(onHand, reserved, sold)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('writes one entry for each effect, of the call that made it, and none for anything else', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
        const participant = make();
        const standing = new Map<string, number>();
        arrivals.forEach((sent, nowUs) => {
          const call = callFrom(participant, sent);
          const operation = `${call.saga} ${call.step}`;
          const { kind } = participant.handle(call, {
            nowUs,
            chance: () => sent.luck,
            commit: () => undefined,
          });
          const entries = participant.ledger.drain();
          expect(entries.length).toBeLessThanOrEqual(kind === 'applied' ? 1 : 0);
          for (const entry of entries) {
            expect(entry).toMatchObject(headOf(call));
            const effects = (standing.get(operation) ?? 0) + (call.direction === 'forward' ? 1 : 2);
            expect([1, 3]).toContain(effects);
            standing.set(operation, effects);
          }
          if (kind === 'applied' && call.direction === 'forward' && !EFFECT_FREE.includes(call.action)) {
            expect(standing.get(operation)).toBeGreaterThanOrEqual(1);
          }
        });
      }),
      { numRuns: 300 },
    );
  });
});

function headOf({ saga, step, direction, round, action }: Call): LedgerEntry {
  return { saga, step, direction, round, action };
}

/** Chains as sagas make them: forward actions in order, each with its compensation. */
const chains = [
  {
    name: 'transfer',
    make: makers[0]![1],
    steps: [
      ['debit', 'compensate_debit', { account: 'a-0', amount: 20 }],
      ['credit', 'compensate_credit', { account: 'a-1', amount: 20 }],
    ],
  },
  {
    name: 'partial capture',
    make: makers[2]![1],
    steps: [
      ['authorize', 'void', { amount: 30 }],
      ['capture', 'refund', { amount: 20 }],
    ],
  },
  { name: 'charge', make: makers[2]![1], steps: [['charge', 'refund', { amount: 50, currency: 'USD' }]] },
  {
    name: 'reservation',
    make: makers[1]![1],
    steps: [['reserve', 'release', { productId: 'p', quantity: 3 }]],
  },
] as const;

test.each(chains)(
  'the $name that is undone leaves no trace but its entries, whichever calls got lost or came late',
  ({ make, steps }) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 2 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.boolean(),
        (copies, late, luck) => {
          const participant = make();
          const before = [...participant.ledger.balances(), ...participant.ledger.stock()];
          const env = { nowUs: 0, chance: () => luck, commit: () => undefined };
          const forward = steps.map(([action, , sent], i) =>
            callOf('forward', action, sent, { step: `${i}` }),
          );
          forward.forEach((call, i) => {
            for (let n = 0; n < copies[i]!; n++) participant.handle(call, env);
          });
          for (const [i, [, action, sent]] of [...steps.entries()].reverse()) {
            const outcome = participant.handle(callOf('compensation', action, sent, { step: `${i}` }), env);
            expect(outcome.kind).toBe('applied');
          }
          for (const pick of late) participant.handle(forward[pick % forward.length]!, env);
          expect([...participant.ledger.balances(), ...participant.ledger.stock()]).toEqual(before);
          for (const [account, balance] of participant.ledger.balances()) {
            if (account.startsWith(CLEARING_PREFIX)) expect(balance).toBe(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  },
);
