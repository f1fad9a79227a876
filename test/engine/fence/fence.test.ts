// The fence's rules F1 to F4, and how long it remembers.

import { describe, expect, test } from 'vitest';
import type { Applied, Call, Outcome } from '../../../engine/core/protocol.ts';
import { type Effects, Fence, RETENTION_DEFAULT_US } from '../../../engine/fence/index.ts';
import { at, callOf } from './call-of.ts';

/** Applies and undoes, unless it is told to answer something else, and counts its effects. */
class Probe implements Effects {
  applied = 0;
  undone = 0;
  undid: Applied | undefined;
  /** Instead of success, oldest first. */
  answers: (Outcome | Error)[] = [];

  apply(): Outcome {
    return this.#instead() ?? { kind: 'applied', result: `work ${++this.applied}` };
  }

  undo(_call: Call, forward: Applied): Outcome {
    this.undid = forward;
    return this.#instead() ?? { kind: 'applied', result: `undo ${++this.undone}` };
  }

  #instead(): Outcome | undefined {
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

const NOW = at(1_000_000);
const forward = (changes?: Partial<Call>): Call =>
  callOf('forward', 'work', null, { payloadHash: 7, ...changes });
const compensation = (changes?: Partial<Call>): Call =>
  callOf('compensation', 'undo', null, { payloadHash: 7, ...changes });

function setUp(retentionUs?: number): { probe: Probe; fence: Fence } {
  const probe = new Probe();
  return { probe, fence: new Fence(probe, retentionUs === undefined ? {} : { retentionUs }) };
}

describe('F1: one key, one effect, one answer', () => {
  test('a repeated forward call gets the first answer again, without a second effect', () => {
    const { probe, fence } = setUp();
    const first = fence.handle(forward(), NOW);
    expect(fence.handle(forward({ attempt: 2 }), NOW)).toBe(first);
    expect(first).toEqual({ kind: 'applied', result: 'work 1' });
    expect(probe.applied).toBe(1);
  });

  test('a repeated compensation gets the first answer again, without a second effect', () => {
    const { probe, fence } = setUp();
    fence.handle(forward(), NOW);
    const first = fence.handle(compensation(), NOW);
    expect(fence.handle(compensation({ attempt: 2 }), NOW)).toBe(first);
    expect(first).toEqual({ kind: 'applied', result: 'undo 1' });
    expect(probe.undone).toBe(1);
  });

  test.each([
    ['forward', 'payload', { payloadHash: 8 }],
    ['forward', 'action', { action: 'play' }],
    ['compensation', 'payload', { payloadHash: 8 }],
    ['compensation', 'action', { action: 'play' }],
  ] as const)('a %s call under a known key with another %s is refused, and changes nothing', (...row) => {
    const [direction, , changes] = row;
    const make = direction === 'forward' ? forward : compensation;
    const { probe, fence } = setUp();
    fence.handle(forward(), NOW);
    const stored = fence.handle(make(), NOW);
    const effects = [probe.applied, probe.undone];
    expect(fence.handle(make(changes), NOW)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
    expect(fence.handle(make(), NOW)).toBe(stored);
    expect([probe.applied, probe.undone]).toEqual(effects);
  });

  test.each([
    ['saga', { saga: 's-2' }],
    ['step', { step: 'credit' }],
    ['round', { round: 1 }],
  ] as const)('another %s is another operation', (_, changes) => {
    const { probe, fence } = setUp();
    fence.handle(forward(), NOW);
    expect(fence.handle(forward(changes), NOW)).toEqual({ kind: 'applied', result: 'work 2' });
    fence.handle(compensation(), NOW);
    fence.handle(compensation(changes), NOW);
    expect([probe.applied, probe.undone]).toEqual([2, 2]);
  });

  test('a caller that changes the key between attempts gets a second effect, as it must expect (E4)', () => {
    const { probe, fence } = setUp();
    fence.handle(forward({ key: 'k/1' }), NOW);
    fence.handle(forward({ key: 'k/2' }), NOW);
    fence.handle(compensation({ key: 'c/1' }), NOW);
    fence.handle(compensation({ key: 'c/2' }), NOW);
    expect([probe.applied, probe.undone]).toEqual([2, 2]);
  });
});

describe('F2: an undo runs once, for what was applied', () => {
  test('the undo is handed the outcome of the forward call', () => {
    const { probe, fence } = setUp();
    const applied = fence.handle(forward(), NOW);
    fence.handle(compensation(), NOW);
    expect(probe.undid).toBe(applied);
  });

  test('the compensation of a forward call that never came succeeds without effect', () => {
    const { probe, fence } = setUp();
    expect(fence.handle(compensation(), NOW)).toEqual({ kind: 'applied' });
    expect(probe.undone).toBe(0);
  });

  test('the compensation of a forward call that was rejected succeeds without effect', () => {
    const { probe, fence } = setUp();
    probe.answers = [{ kind: 'rejected', failure: 'business', reason: 'no funds' }];
    fence.handle(forward(), NOW);
    expect(fence.handle(compensation(), NOW)).toEqual({ kind: 'applied' });
    expect(probe.undone).toBe(0);
  });

  test('a compensation that was refused may be resumed under the same key, even when the refusal was final', () => {
    const { probe, fence } = setUp();
    fence.handle(forward(), NOW);
    probe.answers = [{ kind: 'rejected', failure: 'business', reason: 'account is frozen' }];
    expect(fence.handle(compensation(), NOW).kind).toBe('rejected');
    expect(fence.handle(compensation({ attempt: 2 }), NOW).kind).toBe('applied');
    expect(probe.undone).toBe(1);
  });
});

describe('F3: after a compensation the forward call has no effect', () => {
  const REFUSED = { kind: 'rejected', failure: 'business' };

  test('a forward call that arrives after its compensation is refused', () => {
    const { probe, fence } = setUp();
    fence.handle(compensation(), NOW);
    expect(fence.handle(forward(), NOW)).toMatchObject(REFUSED);
    expect(fence.handle(forward({ attempt: 2 }), NOW)).toMatchObject(REFUSED);
    expect(probe.applied).toBe(0);
  });

  test('a forward call whose attempts all failed is refused once it is compensated', () => {
    const { probe, fence } = setUp();
    probe.answers = [{ kind: 'unknown', failure: 'timeout', reason: 'slow' }];
    fence.handle(forward(), NOW);
    fence.handle(compensation(), NOW);
    expect(fence.handle(forward({ attempt: 2 }), NOW)).toMatchObject(REFUSED);
    expect(probe.applied).toBe(0);
  });

  test('a late copy of an undone forward call gets its old answer and has no effect', () => {
    const { probe, fence } = setUp();
    const applied = fence.handle(forward(), NOW);
    fence.handle(compensation(), NOW);
    expect(fence.handle(forward(), NOW)).toBe(applied);
    expect(probe.applied).toBe(1);
  });

  test('not even another key brings a compensated step back', () => {
    const { probe, fence } = setUp();
    fence.handle(forward(), NOW);
    fence.handle(compensation(), NOW);
    expect(fence.handle(forward({ key: 'other' }), NOW)).toMatchObject(REFUSED);
    expect(probe.applied).toBe(1);
  });

  test('a tombstone closes one step of one round only', () => {
    const { probe, fence } = setUp();
    fence.handle(compensation(), NOW);
    fence.handle(forward({ step: 'credit' }), NOW);
    fence.handle(forward({ round: 1 }), NOW);
    fence.handle(forward({ saga: 's-2' }), NOW);
    expect(probe.applied).toBe(3);
  });
});

describe('F4: only what is final is remembered', () => {
  test.each([
    [{ kind: 'unknown', failure: 'timeout', reason: '' }],
    [{ kind: 'unknown', failure: 'business', reason: '' }],
    [{ kind: 'rejected', failure: 'transient', reason: '' }],
    [{ kind: 'rejected', failure: 'rate_limited', reason: '', retryAfterUs: 5 }],
  ] as const)('after %o the next attempt is tried, even with another payload', (answer) => {
    const { probe, fence } = setUp();
    probe.answers = [answer];
    expect(fence.handle(forward(), NOW)).toBe(answer);
    expect(fence.handle(forward({ attempt: 2, payloadHash: 8 }), NOW).kind).toBe('applied');
    expect(probe.applied).toBe(1);
  });

  test.each(['business', 'invalid_request'] as const)(
    'a rejection as %s is the answer for good',
    (failure) => {
      const { probe, fence } = setUp();
      const rejection = { kind: 'rejected', failure, reason: 'no' } as const;
      probe.answers = [rejection];
      fence.handle(forward(), NOW);
      expect(fence.handle(forward({ attempt: 2 }), NOW)).toBe(rejection);
      expect(probe.applied).toBe(0);
    },
  );

  test('an effect that throws is not remembered; the next attempt starts anew', () => {
    const { probe, fence } = setUp();
    const disk = new Error('disk full');
    probe.answers = [disk];
    expect(() => fence.handle(forward(), NOW)).toThrow(disk);
    expect(fence.handle(forward(), NOW).kind).toBe('applied');
    probe.answers = [disk];
    expect(() => fence.handle(compensation(), NOW)).toThrow(disk);
    expect(fence.handle(compensation(), NOW).kind).toBe('applied');
    expect([probe.applied, probe.undone]).toEqual([1, 1]);
  });

  test('an undo that throws leaves the forward call as it stands', () => {
    const { probe, fence } = setUp();
    const applied = fence.handle(forward(), NOW);
    probe.answers = [new Error('disk full')];
    expect(() => fence.handle(compensation(), NOW)).toThrow('disk full');
    expect(fence.handle(forward(), NOW)).toBe(applied);
  });
});

test.each([undefined, null, 'ok', { ok: true }])(
  'what is no outcome, as %j, is handed on and not remembered',
  (answer) => {
    const { probe, fence } = setUp();
    probe.answers = [answer as never];
    probe.apply = () => answer as never;
    expect(fence.handle(forward(), NOW)).toBe(answer);
    expect(fence.size).toBe(0);
    probe.apply = () => ({ kind: 'applied' });
    fence.handle(forward(), NOW);
    probe.undo = () => answer as never;
    expect(fence.handle(compensation(), NOW)).toBe(answer);
  },
);

describe('retention', () => {
  const RETENTION_US = 1_000;

  test.each([0, 1, 250, 499, 750, 999, 1_000, 1_500, 123_456])(
    'from %d on, a key is known for the retention, whatever else goes on',
    (startUs) => {
      const { probe, fence } = setUp(RETENTION_US);
      fence.handle(forward({ saga: 'first' }), at(0));
      const first = fence.handle(forward(), at(startUs));
      for (let us = 1; us < RETENTION_US; us += 7)
        fence.handle(compensation({ saga: `s${us}` }), at(startUs + us));
      expect(fence.handle(forward(), at(startUs + RETENTION_US))).toBe(first);
      expect(probe.applied).toBe(2);
    },
  );

  test.each([true, false])('it is forgotten by twice the retention (with other calls: %s)', (busy) => {
    const { probe, fence } = setUp(RETENTION_US);
    fence.handle(forward(), at(500));
    for (let us = 1; busy && us < 2 * RETENTION_US; us += 7) {
      fence.handle(compensation({ saga: `s${us}` }), at(500 + us));
    }
    fence.handle(forward(), at(500 + 2 * RETENTION_US));
    expect(probe.applied).toBe(2);
  });

  test('a tombstone is kept for as long as a key', () => {
    const { probe, fence } = setUp(RETENTION_US);
    fence.handle(compensation(), at(10));
    expect(fence.handle(forward(), at(10 + RETENTION_US)).kind).toBe('rejected');
    expect(fence.handle(forward(), at(10 + 3 * RETENTION_US)).kind).toBe('applied');
    expect(probe.applied).toBe(1);
  });

  test('a saga that keeps calling is never forgotten', () => {
    const { probe, fence } = setUp(RETENTION_US);
    for (let nowUs = 0; nowUs < 20 * RETENTION_US; nowUs += RETENTION_US / 2) {
      fence.handle(forward(), at(nowUs));
    }
    expect(probe.applied).toBe(1);
  });

  test('what is remembered is bounded by what was called within two retentions', () => {
    const { fence } = setUp(RETENTION_US);
    let most = 0;
    for (let nowUs = 0; nowUs < 10 * RETENTION_US; nowUs++) {
      fence.handle(forward({ saga: `s-${nowUs}` }), at(nowUs));
      most = Math.max(most, fence.size);
    }
    expect(most).toBeGreaterThanOrEqual(RETENTION_US);
    expect(most).toBeLessThanOrEqual(2 * RETENTION_US);
  });

  test('a saga that is heard of again is remembered once', () => {
    const { fence } = setUp(1_000);
    fence.handle(forward(), at(0));
    fence.handle(forward(), at(1_500)); // a generation later
    expect(fence.size).toBe(1);
    fence.handle(forward({ saga: 's-2', key: 's-2' }), at(1_600));
    expect(fence.size).toBe(2);
    fence.handle(forward({ saga: 's-2', key: 's-2' }), at(2_600));
    expect(fence.size).toBe(2); // one of each generation
  });

  test('the default outlives a copy that is 30 days late', () => {
    const { probe, fence } = setUp();
    fence.handle(forward(), at(5));
    fence.handle(forward(), at(5 + RETENTION_DEFAULT_US));
    expect(probe.applied).toBe(1);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no retention', (us) => {
    expect(() => setUp(us)).toThrow(expect.objectContaining({ code: 'bad-retention' }));
  });
});
