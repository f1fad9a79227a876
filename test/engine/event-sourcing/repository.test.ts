// A stream as a state: whatever was done, in whatever order, by how many writers and under which schema.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Aggregate,
  type EventStreams,
  isRefusal,
  MemoryStreams,
  type ProjectionSpec,
  project,
  Repository,
  type Snapshot,
} from '../../../engine/event-sourcing/index.ts';
import { type OrderCommand, orderAggregate } from '../../../participants-mock/index.ts';

const COMMANDS: readonly OrderCommand[] = [
  { kind: 'create', total: 10 },
  { kind: 'pay' },
  { kind: 'reserve' },
  { kind: 'release' },
  { kind: 'unpay' },
  { kind: 'ship' },
  { kind: 'cancel' },
];
const command = fc.constantFrom(...COMMANDS);
const steps = fc.array(fc.tuple(fc.constantFrom('o-1', 'o-2'), command), { maxLength: 60 });

function orders(streams: EventStreams = new MemoryStreams(), snapshotEvery = 2) {
  return new Repository(orderAggregate, streams, { snapshotEvery });
}

function done(...kinds: readonly OrderCommand['kind'][]) {
  const repository = orders();
  for (const kind of kinds) {
    repository.handle('o-1', COMMANDS.find((one) => one.kind === kind)!);
  }
  return repository;
}

describe('the order aggregate', () => {
  test.each([
    ['an order that is there', ['create'], 'create', 'the order is there already'],
    ['payment of nothing', [], 'pay', 'only a pending order is paid, and the order is none'],
    [
      'stock for what is not paid',
      ['create'],
      'reserve',
      'stock is reserved for what is paid, and the order is pending',
    ],
    [
      'shipment of what is not reserved',
      ['create', 'pay'],
      'ship',
      'stock is reserved before it is shipped, and the order is paid',
    ],
    [
      'anything late for a cancelled order',
      ['create', 'cancel'],
      'pay',
      'only a pending order is paid, and the order is cancelled',
    ],
    ['cancelling what is paid', ['create', 'pay'], 'cancel', 'an order that is paid is not cancelled'],
  ] as const)('refuses %s', (_what, before, kind, refused) => {
    expect(done(...before).handle('o-1', COMMANDS.find((one) => one.kind === kind)!)).toEqual({ refused });
  });

  test('goes forward and all the way back', () => {
    const repository = done('create', 'pay', 'reserve');
    expect(repository.load('o-1')).toEqual({
      state: { status: 'reserved', total: 10, paid: 10 },
      version: 3,
    });
    for (const kind of ['release', 'unpay', 'cancel', 'cancel'] as const) repository.handle('o-1', { kind });
    expect(repository.load('o-1')).toEqual({
      state: { status: 'cancelled', total: 10, paid: 0 },
      version: 6,
    });
  });
});

describe('a repository', () => {
  test('loads from snapshots what all events come to', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (todo, snapshotEvery) => {
        const streams = new MemoryStreams();
        const repository = orders(streams, snapshotEvery);
        for (const [stream, one] of todo) {
          const before = repository.load(stream);
          const handled = repository.handle(stream, one);
          if (isRefusal(handled)) expect(repository.load(stream)).toEqual(before);
          else expect(handled.version).toBe(before.version + handled.events.length);
        }
        for (const stream of streams.names()) {
          expect(repository.load(stream)).toEqual(repository.rebuild(stream));
          expect(repository.load(stream).version).toBe(streams.read(stream).length);
        }
      }),
    );
  });

  test('decides again when another writer was faster, against what that one did', () => {
    const streams = new MemoryStreams();
    const other = orders(streams);
    let overtakes = 1;
    const overtaken: EventStreams = {
      read: (stream, after) => streams.read(stream, after),
      readAll: (after, max) => streams.readAll(after, max),
      append: (append) => {
        if (overtakes-- > 0) other.handle('o-1', { kind: 'create', total: 7 });
        return streams.append(append);
      },
    };
    expect(orders(overtaken).handle('o-1', { kind: 'create', total: 5 })).toEqual({
      refused: 'the order is there already',
    });
    expect(streams.read('o-1')).toHaveLength(1);
  });

  test('gives up, with nothing written, when it is overtaken again and again', () => {
    const never: EventStreams = { read: () => [], readAll: () => [], append: () => 'conflict' };
    expect(() => orders(never).handle('o-1', { kind: 'create', total: 5 })).toThrow('10 writers in a row');
  });
});

describe('another schema', () => {
  interface Total {
    readonly cents: number;
  }
  type Booked = { readonly kind: 'booked'; readonly cents: number };
  const now: Aggregate<Total, number, Booked> = {
    name: 'total',
    schema: 2,
    initial: { cents: 0 },
    decide: (_state, cents) => [{ kind: 'booked', cents }],
    evolve: ({ cents }, event) => ({ cents: cents + event.cents }),
    upcast: (event) => ({ kind: 'booked', cents: (event as unknown as { euros: number }).euros * 100 }),
  };

  function oldStreams(schema: number): MemoryStreams {
    const streams = new MemoryStreams();
    const events = [{ kind: 'booked', euros: 3 }];
    streams.append({ stream: 't', expectedVersion: 0, schema, events });
    return streams;
  }

  test('of events: they are upcast when they are read', () => {
    const totals = new Repository(now, oldStreams(1));
    totals.handle('t', 25);
    expect(totals.load('t')).toEqual({ state: { cents: 325 }, version: 2 });
  });

  test('of a snapshot: it is not used', () => {
    const old: Snapshot<Total> = { version: 1, schema: 1, state: { cents: 3 } };
    const snapshots = new Map([['t', old]]);
    expect(new Repository(now, oldStreams(1), { snapshots }).load('t').state).toEqual({ cents: 300 });
  });

  test.each([
    [3, now, 'event 1 of t has schema 3, and this version of total knows 2'],
    [1, { ...now, upcast: undefined }, 'event 1 of t has schema 1, and total has no upcaster'],
  ])('that nobody knows: %i is refused', (schema, aggregate, sentence) => {
    const { upcast, ...rest } = aggregate;
    const known = upcast === undefined ? rest : { ...rest, upcast };
    expect(() => new Repository(known, oldStreams(schema)).load('t')).toThrow(sentence);
  });
});

describe('a projection', () => {
  const counts: ProjectionSpec<Readonly<Record<string, number>>> = {
    name: 'events-by-kind',
    version: 1,
    empty: () => ({}),
    apply: (view, { event: { kind } }) => ({ ...view, [kind]: (view[kind] ?? 0) + 1 }),
  };

  test('goes on where it was, and comes to what it comes to from the beginning', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 60 }), (todo, pause) => {
        const streams = new MemoryStreams();
        const repository = orders(streams);
        for (const [stream, one] of todo.slice(0, pause)) repository.handle(stream, one);
        const kept = project(counts, streams);
        for (const [stream, one] of todo.slice(pause)) repository.handle(stream, one);
        expect(project(counts, streams, kept)).toEqual(project(counts, streams));
        expect(project(counts, streams, kept).position).toBe(streams.readAll(0, 1_000).length);
      }),
    );
  });

  test('of another version is made again from the beginning', () => {
    const streams = new MemoryStreams();
    orders(streams).handle('o-1', { kind: 'create', total: 5 });
    const kept = { version: 0, position: 1, view: { nonsense: 1 } };
    expect(project(counts, streams, kept).view).toEqual({ 'order-created': 1 });
  });

  test('reads a log that is longer than one reading', () => {
    const streams = new MemoryStreams();
    const events = Array.from({ length: 2_500 }, () => ({ kind: 'tick' }));
    streams.append({ stream: 's', expectedVersion: 0, schema: 1, events });
    expect(project(counts, streams)).toMatchObject({ position: 2_500, view: { tick: 2_500 } });
  });
});
