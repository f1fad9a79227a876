// The relation itself, over any lanes and messages.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { causalPast, type OrderedEvent } from '../../../simulator/campaign/causal-past.ts';

/** Events in a few lanes, each after some earlier ones. */
const worlds = fc
  .array(
    fc.record({ lane: fc.constantFrom('a', 'b', 'c'), back: fc.array(fc.nat({ max: 8 }), { maxLength: 2 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((list) =>
    list.map(
      ({ lane, back }, i): OrderedEvent => ({
        lane,
        after: back.map((n) => i - 1 - n).filter((n) => n >= 0),
      }),
    ),
  );

function directlyBefore(events: readonly OrderedEvent[], event: number): readonly number[] {
  const { lane, after } = events[event]!;
  const inLane = events.findLastIndex((other, i) => i < event && other.lane === lane);
  return inLane < 0 ? after : [...after, inLane];
}

test('it holds the root and everything directly before anything that it holds', () => {
  fc.assert(
    fc.property(worlds, fc.nat(), (events, pick) => {
      const root = pick % events.length;
      const past = new Set(causalPast(events, [root], () => true));
      expect(past.has(root)).toBe(true);
      for (const event of past)
        for (const before of directlyBefore(events, event)) expect(past.has(before)).toBe(true);
    }),
  );
});

test('it holds nothing that does not lead to the root', () => {
  fc.assert(
    fc.property(worlds, fc.nat(), (events, pick) => {
      const root = pick % events.length;
      const past = causalPast(events, [root], () => true);
      const leads = new Set([root]);
      for (let i = root; i >= 0; i--)
        if (leads.has(i)) for (const before of directlyBefore(events, i)) leads.add(before);
      expect(past).toEqual([...leads].sort((a, b) => a - b));
    }),
  );
});

test('what is of no concern is left out, and what came before it by way of it is not', () => {
  const chain: readonly OrderedEvent[] = [
    { lane: 'a', after: [] },
    { lane: 'b', after: [0] },
    { lane: 'c', after: [1] },
  ];
  expect(causalPast(chain, [2], (event) => event !== 1)).toEqual([0, 2]);
});

test('an event in no lane follows from nothing but what it names', () => {
  const events: readonly OrderedEvent[] = [{ after: [] }, { after: [] }, { lane: 'a', after: [] }];
  expect(causalPast(events, [1], () => true)).toEqual([1]);
});
