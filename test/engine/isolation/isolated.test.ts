// The rules of an isolated service, I1 to I4, behind a fence as it stands in a run: by example, and whatever order the
// calls of some sagas come in.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fenced, type Service, type SettledCall } from '../../../engine/fence/index.ts';
import type { Call, IsolationDemand, Outcome, ParticipantEnv } from '../../../engine/index.ts';
import { isolated, RELEASE_LOCKS } from '../../../engine/isolation/index.ts';
import { LedgerBook } from '../../../participants-mock/index.ts';
import { callOf } from '../fence/call-of.ts';

const ENV: ParticipantEnv = { nowUs: 5, chance: () => false, commit: () => undefined };

/** Counts what was set, by record; refuses what is asked of it with `refused`, and breaks on `broken`. */
class Shelf implements Service {
  readonly actions = ['look', 'set', 'unset'];
  readonly ledger = new LedgerBook();
  readonly set = new Map<string, number>();

  records({ payload }: Call): readonly string[] {
    return [(payload as { readonly record: string }).record];
  }

  apply(call: Call): Outcome {
    const [record] = this.records(call) as [string];
    if (call.action === 'look') return { kind: 'applied', result: { found: this.set.get(record) ?? 0 } };
    if (record === 'refused') return { kind: 'rejected', failure: 'business', reason: 'no' };
    if (record === 'broken') throw new Error('broken');
    return this.#change(call, record, 1);
  }

  undo(call: Call): Outcome {
    return this.#change(call, this.records(call)[0]!, -1);
  }

  #change(call: Call, record: string, by: number): Outcome {
    this.set.set(record, (this.set.get(record) ?? 0) + by);
    this.ledger.note(call);
    return { kind: 'applied' };
  }
}

function managed() {
  const shelf = new Shelf();
  const inner = isolated(shelf);
  const service = fenced(inner);
  return { shelf, inner, service, ask: (call: Call) => service.handle(call, ENV) };
}

/** A call of one saga about one record. */
function call(saga: string, action: string, record: string, isolation?: IsolationDemand): Call {
  const direction = action === 'unset' ? 'compensation' : 'forward';
  const step = action === 'unset' ? 'set' : action;
  const payload = isolation === undefined ? { record } : { record, isolation };
  return { ...callOf(direction, action, payload, { saga, step }), key: `${saga}/${step}/${direction}` };
}

const lock = (saga: string, record = 'x', how: IsolationDemand['lock'] = 'wait'): Call =>
  call(saga, 'set', record, { lock: how });
const release = (saga: string): Call => call(saga, RELEASE_LOCKS, 'x', { releases: ['set'] });
const undo = (saga: string): Call => call(saga, 'unset', 'x', { releases: ['set'] });

describe('I1: what is locked is left alone', () => {
  test('another saga is refused for now, is told by whom, and has no effect', () => {
    const { ask, shelf } = managed();
    ask(lock('s-1'));
    const waits = { kind: 'rejected', failure: 'transient', reason: 'x is pending for s-1', heldBy: 's-1' };
    expect(ask(lock('s-2'))).toEqual(waits);
    expect(ask(call('s-3', 'set', 'x'))).toEqual(waits);
    expect(ask(call('s-3', 'look', 'x'))).toEqual(waits);
    expect(shelf.set.get('x')).toBe(1);
  });

  test('the saga itself, and other records, are free', () => {
    const { ask } = managed();
    ask(lock('s-1'));
    expect(ask(call('s-1', 'look', 'x')).kind).toBe('applied');
    expect(ask(lock('s-2', 'y')).kind).toBe('applied');
  });

  test.each([
    ['refuse', 's-0', 'business'],
    ['refuse', 's-2', 'business'],
    ['wait-die', 's-0', 'transient'],
    ['wait-die', 's-2', 'business'],
    ['wait', 's-2', 'transient'],
  ] as const)('%s: %s, which meets the lock of s-1, is refused as %s', (how, saga, failure) => {
    const { ask } = managed();
    ask(lock('s-1'));
    expect(ask(lock(saga, 'x', how))).toMatchObject({ kind: 'rejected', failure });
  });

  test.each([
    ['the step that it names', release],
    ['its compensation', undo],
  ])('the lock ends with %s', (_, ending) => {
    const { ask, inner } = managed();
    ask(lock('s-1'));
    expect(inner.locks.list()).toEqual([{ record: 'x', saga: 's-1', step: 'set', round: 0, sinceUs: 5 }]);
    expect(ask(ending('s-1')).kind).toBe('applied');
    expect(inner.locks.size).toBe(0);
    expect(ask(lock('s-2')).kind).toBe('applied');
  });

  test('a copy that comes late, after the end or after the undo, takes no lock', () => {
    const { ask, inner } = managed();
    for (const one of [lock('s-1'), release('s-1'), lock('s-1')]) ask(one);
    for (const one of [undo('s-2'), lock('s-2')]) ask(one);
    expect(inner.locks.size).toBe(0);
  });

  test('what has no effect locks nothing', () => {
    const { ask, inner } = managed();
    expect(ask(lock('s-1', 'refused')).kind).toBe('rejected');
    expect(() => ask(lock('s-2', 'broken'))).toThrow('broken');
    expect(inner.locks.size).toBe(0);
  });

  test('a demand that is not understood is refused for good', () => {
    const { ask } = managed();
    for (const demand of [
      { lock: 'perhaps' },
      { hold: true },
      'lock',
      { place: 0 },
      { expects: { x: 'new' } },
    ])
      expect(ask(call('s-1', 'set', 'x', demand as never))).toMatchObject({ failure: 'invalid_request' });
  });

  test('an undo whose demand is not understood is refused, and leaves lock and change for one that is', () => {
    const { ask, inner, shelf } = managed();
    ask(lock('s-1'));
    const odd = call('s-1', 'unset', 'x', { releases: 'set' } as never);
    expect(ask(odd)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
    expect([inner.locks.size, shelf.set.get('x')]).toEqual([1, 1]);
    expect(ask(undo('s-1'))).toEqual({ kind: 'applied' });
    expect([inner.locks.size, shelf.set.get('x')]).toEqual([0, 0]);
  });

  test('a service that does not say what a call touches is locked as a whole', () => {
    const { ledger, actions } = new Shelf();
    const mute: Service = {
      ledger,
      actions,
      apply: () => ({ kind: 'applied' }),
      undo: () => ({ kind: 'applied' }),
    };
    const service = fenced(isolated(mute));
    service.handle(lock('s-1', 'x'), ENV);
    expect(service.handle(lock('s-2', 'y'), ENV)).toMatchObject({ reason: 'everything is pending for s-1' });
  });
});

test('I2: an undo meets no lock', () => {
  const { ask, shelf } = managed();
  ask(call('s-1', 'set', 'x'));
  ask(lock('s-2'));
  expect(ask(call('s-1', 'unset', 'x')).kind).toBe('applied');
  expect(shelf.set.get('x')).toBe(1);
});

describe('I3: a change has a version', () => {
  const look = (saga: string): Call => call(saga, 'look', 'x', { versions: true });
  const write = (saga: string, version: number): Call => call(saga, 'set', 'x', { expects: { x: version } });

  test('who looks is told, beside the result', () => {
    const { ask } = managed();
    ask(call('s-1', 'set', 'x'));
    expect(ask(look('s-2'))).toEqual({
      kind: 'applied',
      result: { found: 1, isolation: { versions: { x: 1 } } },
    });
  });

  test('who writes what is still as it was may; who comes too late may not, for good', () => {
    const { ask, shelf } = managed();
    expect(ask(write('s-1', 0)).kind).toBe('applied');
    expect(ask(write('s-2', 0))).toEqual({
      kind: 'rejected',
      failure: 'business',
      reason: 'x has changed since it was read',
    });
    expect(shelf.set.get('x')).toBe(1);
  });

  test('an undo is a change, though all looks as before', () => {
    const { ask, shelf } = managed();
    for (const one of [call('s-1', 'set', 'x'), call('s-1', 'unset', 'x')]) ask(one);
    expect(shelf.set.get('x')).toBe(0);
    expect(ask(write('s-2', 0)).kind).toBe('rejected');
    expect(ask(write('s-3', 2)).kind).toBe('applied');
  });

  test('to look changes nothing', () => {
    const { ask } = managed();
    for (const saga of ['s-1', 's-2']) ask(look(saga));
    expect(ask(write('s-3', 0)).kind).toBe('applied');
  });

  test('a record that was never read cannot be as it was', () => {
    const { ask } = managed();
    expect(ask(call('s-1', 'set', 'y', { expects: { x: 0 } }))).toMatchObject({
      reason: 'y was not read before',
    });
  });
});

test('I4: the books say with the change that it is locked, and with the end that it is not any more', () => {
  const { ask, service } = managed();
  for (const one of [lock('s-1'), lock('s-1'), release('s-1'), lock('s-2'), undo('s-2')]) ask(one);
  expect(
    service.ledger.drain().map(({ saga, step, direction, lock }) => [saga, step, direction, lock]),
  ).toEqual([
    ['s-1', 'set', 'forward', { is: 'taken', by: ['set'], records: ['x'] }],
    ['s-1', RELEASE_LOCKS, 'forward', { is: 'released', by: ['set'], records: ['x'] }],
    ['s-2', 'set', 'forward', { is: 'taken', by: ['set'], records: ['x'] }],
    ['s-2', 'set', 'compensation', { is: 'released', by: ['set'], records: ['x'] }],
  ]);
});

test('a lock whose saga is known to have ended is an orphan, and a person may break it', () => {
  const { ask, inner } = managed();
  for (const one of [lock('s-1'), lock('s-2', 'y')]) ask(one);
  const hasEnded = (saga: string): boolean => saga === 's-1';
  expect(inner.locks.orphans(hasEnded, 5)).toEqual([]); // it may have ended a moment ago
  expect(inner.locks.orphans(hasEnded, 6)).toMatchObject([{ saga: 's-1', record: 'x' }]);
  expect(inner.locks.breakLocksOf('s-1')).toEqual(['x']);
  expect(ask(lock('s-3')).kind).toBe('applied');
});

test('in whatever order calls come, and come again: one saga has a record, and who has ended has none', () => {
  const message = fc.record({
    saga: fc.constantFrom('s-1', 's-2', 's-3'),
    what: fc.constantFrom(lock, release, undo),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
      const { ask, inner } = managed();
      const ended = new Set<string>();
      for (const { saga, what } of messages) {
        const holder = inner.locks.list()[0]?.saga;
        const outcome = ask(what(saga));
        if (what !== lock && outcome.kind === 'applied') ended.add(saga);
        if (what === lock && holder !== undefined && holder !== saga && !ended.has(saga))
          expect(outcome.kind).toBe('rejected');
        const owners = new Set(inner.locks.list().map((one) => one.saga));
        expect(owners.size).toBeLessThanOrEqual(1);
      }
      // A release that came before its lock cannot have ended it: the engine never sends it so (its step comes after).
      for (const saga of ended) ask(undo(saga));
      for (const one of inner.locks.list()) expect(ended.has(one.saga)).toBe(false);
    }),
  );
});

test('what the service keeps beside its effects (F5) reaches a fence around it, and is heard of', () => {
  const kept: SettledCall[] = [];
  class Keeping extends Shelf {
    recall(saga: string): readonly SettledCall[] {
      return kept.filter((one) => one.saga === saga);
    }
    keep(settled: SettledCall): void {
      kept.push(settled);
    }
    override apply(of: Call): Outcome {
      const outcome = super.apply(of);
      if (outcome.kind === 'applied') kept.push({ ...of, outcome });
      return outcome;
    }
  }
  const shelf = new Keeping();
  const ask = (asked: Call) => fenced(isolated(shelf)).handle(asked, ENV); // each time by a process that starts anew
  ask(call('s-1', 'set', 'x'));
  ask(call('s-1', 'set', 'x'));
  expect(shelf.set.get('x')).toBe(1);
  ask(call('s-2', 'unset', 'x')); // a tombstone
  expect(ask(call('s-2', 'set', 'x'))).toMatchObject({ kind: 'rejected' });
  expect(shelf.set.get('x')).toBe(1);
  expect(isolated(new Shelf()).recall).toBeUndefined();
});
