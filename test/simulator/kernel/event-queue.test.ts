// The queue against the simplest thing that is right: a sorted array.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue, TIME_MAX_US } from '../../../simulator/kernel/event-queue.ts';

interface Pending {
  readonly timeUs: number;
  readonly id: number;
  readonly handle: number;
}

/** Delays from the same microsecond to years ahead: every level of the wheel is used. */
const delay = fc.oneof(
  fc.constant(0),
  fc.nat(3),
  fc.nat(2_000),
  fc.nat(3_000_000),
  fc.nat(2 ** 31 - 1),
  fc.integer({ min: 2 ** 31, max: 2 ** 45 }),
);

type Action =
  | { readonly kind: 'schedule'; readonly delayUs: number }
  | { readonly kind: 'take' }
  | { readonly kind: 'cancel'; readonly which: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: delay.map((delayUs) => ({ kind: 'schedule', delayUs }) as const) },
  { weight: 4, arbitrary: fc.constant({ kind: 'take' } as const) },
  { weight: 1, arbitrary: fc.nat().map((which) => ({ kind: 'cancel', which }) as const) },
);

/** The model: whatever is earliest in (time, order of scheduling). */
function takeFirst(pending: Pending[]): Pending | undefined {
  let first = 0;
  for (let i = 1; i < pending.length; i++) if (pending[i]!.timeUs < pending[first]!.timeUs) first = i;
  return pending.splice(first, 1)[0];
}

test('S1: events come in the order of time, and at one time in the order of scheduling', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
      const queue = new EventQueue();
      const model: Pending[] = [];
      let nowUs = 0;
      actions.forEach((step, id) => {
        if (step.kind === 'schedule') {
          const timeUs = nowUs + step.delayUs;
          queue.schedule(timeUs, (id * 37) % 256, 255 - (id % 256), id, `detail ${id}`);
          model.push({ timeUs, id, handle: queue.handle });
        } else if (step.kind === 'cancel') {
          if (model.length === 0) return;
          const [gone] = model.splice(step.which % model.length, 1);
          expect(queue.cancel(gone!.handle)).toBe(true);
          expect(queue.cancel(gone!.handle)).toBe(false);
        } else {
          const expected = takeFirst(model);
          expect(queue.take()).toBe(expected !== undefined);
          if (expected === undefined) return;
          const { timeUs, id } = expected;
          expect([queue.timeUs, queue.item, queue.detail]).toEqual([timeUs, id, `detail ${id}`]);
          expect([queue.target, queue.code]).toEqual([(id * 37) % 256, 255 - (id % 256)]);
          nowUs = queue.timeUs;
        }
        expect(queue.size).toBe(model.length);
      });
    }),
    { numRuns: 300 },
  );
});

test('a hundred thousand events in flight keep their order', () => {
  const queue = new EventQueue();
  let state = 12345;
  const draw = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % 5_000_000;
  };
  for (let id = 0; id < 100_000; id++) queue.schedule(draw(), 0, 0, id);
  let last = -1;
  let lastId = -1;
  let taken = 0;
  while (queue.take()) {
    const id = queue.item as number;
    expect(queue.timeUs > last || (queue.timeUs === last && id > lastId)).toBe(true);
    last = queue.timeUs;
    lastId = id;
    if (++taken < 200_000) queue.schedule(queue.timeUs + draw(), 0, 0, 100_000 + taken);
  }
  expect(taken).toBe(299_999);
});

test('the handle of an event that was taken cancels nothing, even when its place is used again', () => {
  const queue = new EventQueue();
  queue.schedule(1, 0, 0, 'first');
  const first = queue.handle;
  queue.take();
  expect(queue.cancel(first)).toBe(false);
  queue.schedule(2, 0, 0, 'second');
  queue.take();
  queue.schedule(3, 0, 0, 'third');
  expect(queue.handle % 2 ** 26).toBe(first % 2 ** 26);
  expect(queue.cancel(first)).toBe(false);
  expect(queue.size).toBe(1);
});

test('an event in the past, and one beyond the end of time, are refused', () => {
  const queue = new EventQueue();
  queue.schedule(5_000, 0, 0, undefined);
  queue.take();
  expect(() => queue.schedule(4_999, 0, 0, undefined)).toThrow('in the past');
  expect(() => queue.schedule(TIME_MAX_US, 0, 0, undefined)).toThrow();
});

test('a cleared queue begins anew at time zero', () => {
  const queue = new EventQueue();
  queue.schedule(7_000_000, 0, 0, 'a');
  queue.take();
  queue.schedule(8_000_000, 0, 0, 'b');
  queue.clear();
  expect(queue.take()).toBe(false);
  queue.schedule(3, 0, 0, 'c');
  expect(queue.take() && queue.item).toBe('c');
});

test('of three at one time the second can be cancelled when the first was taken', () => {
  const queue = new EventQueue();
  queue.schedule(5, 0, 0, 'a');
  queue.schedule(5, 0, 0, 'b');
  const second = queue.handle;
  queue.schedule(5, 0, 0, 'c');
  expect(queue.take() && queue.item).toBe('a');
  expect(queue.cancel(second)).toBe(true);
  expect(queue.take() && queue.item).toBe('c');
  expect(queue.take()).toBe(false);
});

test('places are used again', () => {
  const queue = new EventQueue();
  const places = new Set<number>();
  for (let timeUs = 0; timeUs < 10_000; timeUs++) {
    queue.schedule(timeUs, 0, 0, undefined);
    places.add(queue.handle % 2 ** 26);
    queue.take();
  }
  expect(places.size).toBe(2); // that of the event that was taken last is not free yet
});
