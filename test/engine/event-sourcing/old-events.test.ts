// A log that was written under schema 1 and is read under schema 2: by the aggregate, by a repository that kept snapshots of
// schema 1, by a projection; in memory and in a file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Aggregate,
  type EventStreams,
  evolved,
  MemoryStreams,
  type ProjectionSpec,
  presentEvent,
  project,
  Repository,
  type Snapshot,
} from '../../../engine/event-sourcing/index.ts';
import { SqliteStreams } from '../../../engine/live/index.ts';

/** Schema 1: whole euros, and one kind of event for both directions. */
interface OldState {
  readonly euros: number;
}
type OldEvent = { readonly kind: 'moved'; readonly euros: number };
const account1: Aggregate<OldState, number, OldEvent> = {
  name: 'account',
  schema: 1,
  initial: { euros: 0 },
  decide: ({ euros }, moved) =>
    euros + moved < 0 ? { refused: 'too little' } : [{ kind: 'moved', euros: moved }],
  evolve: ({ euros }, event) => ({ euros: euros + event.euros }),
};

/** Schema 2: cents, and a kind for each direction. */
interface State {
  readonly cents: number;
  readonly withdrawals: number;
}
type Event = { readonly kind: 'deposited' | 'withdrawn'; readonly cents: number };
const account2: Aggregate<State, number, Event> = {
  name: 'account',
  schema: 2,
  initial: { cents: 0, withdrawals: 0 },
  decide({ cents }, moved) {
    if (cents + moved < 0) return { refused: 'too little' };
    return [{ kind: moved < 0 ? 'withdrawn' : 'deposited', cents: Math.abs(moved) }];
  },
  evolve: ({ cents, withdrawals }, event) =>
    event.kind === 'deposited'
      ? { cents: cents + event.cents, withdrawals }
      : { cents: cents - event.cents, withdrawals: withdrawals + 1 },
  upcast(event) {
    const { euros } = event as OldEvent;
    return { kind: euros < 0 ? 'withdrawn' : 'deposited', cents: Math.abs(euros) * 100 };
  },
};

const turnover: ProjectionSpec<{ deposited: number; withdrawn: number }> = {
  name: 'turnover',
  version: 2,
  empty: () => ({ deposited: 0, withdrawn: 0 }),
  apply(view, stored) {
    const { kind, cents } = presentEvent(account2, stored);
    return { ...view, [kind]: view[kind] + cents };
  },
};

const folder = mkdtempSync(join(tmpdir(), 'old-events-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const LOGS: readonly (readonly [string, () => EventStreams])[] = [
  ['in memory', () => new MemoryStreams()],
  ['in a file', () => new SqliteStreams({ file: join(folder, `${++files}.db`) })],
];

describe.each(LOGS)('old events %s', (_where, make) => {
  function old(...moves: readonly number[]) {
    const streams = make();
    const snapshots = new Map<string, Snapshot<OldState>>();
    const repository = new Repository(account1, streams, { snapshotEvery: 2, snapshots });
    for (const move of moves) repository.handle('a', move);
    return { streams, snapshots: snapshots as unknown as Map<string, Snapshot<State>> };
  }

  test('are folded by the aggregate as if they had been written now', () => {
    const { streams } = old(5, -2, 7);
    expect(evolved(account2, account2.initial, streams.read('a'))).toEqual({ cents: 1_000, withdrawals: 1 });
  });

  test('are folded from the beginning where a snapshot is of schema 1, which the next one replaces', () => {
    const { streams, snapshots } = old(5, -2, 7);
    expect(snapshots.get('a')).toEqual({ schema: 1, version: 2, state: { euros: 3 } });
    const accounts = new Repository(account2, streams, { snapshotEvery: 2, snapshots });
    expect(accounts.load('a')).toEqual({ state: { cents: 1_000, withdrawals: 1 }, version: 3 });
    accounts.handle('a', -50);
    expect(snapshots.get('a')).toEqual({ schema: 2, version: 4, state: { cents: 950, withdrawals: 2 } });
    expect(accounts.load('a')).toEqual(accounts.rebuild('a'));
    expect(streams.read('a').map(({ schema }) => schema)).toEqual([1, 1, 1, 2]);
  });

  test('are in a projection beside new ones, made again because what it shows has changed', () => {
    const { streams } = old(5, -2, 7);
    new Repository(account2, streams).handle('a', -50);
    const kept = { version: 1, position: 3, view: { deposited: 12, withdrawn: 2 } };
    expect(project(turnover, streams, kept)).toEqual({
      version: 2,
      position: 4,
      view: { deposited: 1_200, withdrawn: 250 },
    });
  });

  test('are refused to who knows only schema 1 once there is one of schema 2', () => {
    const { streams, snapshots } = old(5);
    new Repository(account2, streams).handle('a', 1);
    const behind = new Repository(account1, streams, { snapshots: snapshots as never });
    expect(() => behind.handle('a', 1)).toThrow(
      'event 2 of a has schema 2, and this version of account knows 1',
    );
  });

  test('come to the same whenever the change came', () => {
    const moves = fc.array(fc.integer({ min: -5, max: 9 }), { maxLength: 12 });
    fc.assert(
      fc.property(moves, fc.nat({ max: 12 }), (all, change) => {
        const { streams, snapshots } = old(...all.slice(0, change));
        const late = new Repository(account2, streams, { snapshotEvery: 2, snapshots });
        for (const move of all.slice(change)) late.handle('a', move * 100);
        const always = new Repository(account2, make());
        for (const move of all) always.handle('a', move * 100);
        expect(late.load('a')).toEqual(always.rebuild('a'));
        expect(late.load('a')).toEqual(late.rebuild('a'));
      }),
      { numRuns: 30 },
    );
  });
});
