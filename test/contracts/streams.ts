// What every log of streams must do, whatever it is made of: the acceptance suite of the port. What is synchronous is waited for
// like what is not.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AsyncEventStreams,
  AsyncRepository,
  type EventStreams,
  type ProjectionSpec,
  projectAsync,
} from '../../engine/event-sourcing/index.ts';
import { type OrderCommand, orderAggregate } from '../../participants-mock/index.ts';

export type AnyStreams = EventStreams | AsyncEventStreams;

export interface StreamsUnderTest {
  readonly streams: AnyStreams;
  /** As another process sees the same; left out where nobody else can. */
  readonly other?: AnyStreams;
  /** They keep events as objects, and take what no JSON could hold. */
  readonly keepsObjects?: boolean;
}

const COMMANDS: readonly OrderCommand[] = [
  { kind: 'create', total: 10 },
  { kind: 'pay' },
  { kind: 'reserve' },
  { kind: 'release' },
  { kind: 'unpay' },
  { kind: 'ship' },
  { kind: 'cancel' },
];

const counts: ProjectionSpec<Readonly<Record<string, number>>> = {
  name: 'events-by-kind',
  version: 1,
  empty: () => ({}),
  apply: (view, { event: { kind } }) => ({ ...view, [kind]: (view[kind] ?? 0) + 1 }),
};

function events(...kinds: readonly string[]) {
  return kinds.map((kind) => ({ kind }));
}

export function streamsContract(name: string, make: () => Promise<StreamsUnderTest>): void {
  describe(`${name} are streams`, () => {
    test('a stream of which nothing is known is empty', async () => {
      const { streams } = await make();
      expect(await streams.read('nobody')).toEqual([]);
      expect(await streams.readAll(0, 10)).toEqual([]);
    });

    test('an event comes back as it was written, with its place in its stream and in all', async () => {
      const { streams } = await make();
      const event = { kind: 'noted', text: 'grün, "quoted" \n \u0000 😀', list: [1, null, { deep: true }] };
      const odd = 'a stream’s "name"';
      expect(await streams.append({ stream: 'a', expectedVersion: 0, schema: 1, events: events('x') })).toBe(
        'appended',
      );
      expect(await streams.append({ stream: odd, expectedVersion: 0, schema: 3, events: [event] })).toBe(
        'appended',
      );
      expect(
        await streams.append({ stream: 'a', expectedVersion: 1, schema: 1, events: events('y', 'z') }),
      ).toBe('appended');
      expect(await streams.read(odd)).toEqual([{ stream: odd, version: 1, position: 2, schema: 3, event }]);
      expect((await streams.read('a', 1)).map(({ version, position }) => [version, position])).toEqual([
        [2, 3],
        [3, 4],
      ]);
      const all = await streams.readAll(1, 2);
      expect(all.map(({ stream, position }) => [stream, position])).toEqual([
        [odd, 2],
        ['a', 3],
      ]);
    });

    test('another version than expected is a conflict, and nothing is written', async () => {
      const { streams } = await make();
      const append = (expectedVersion: number, ...kinds: readonly string[]) =>
        streams.append({ stream: 's', expectedVersion, schema: 1, events: events(...kinds) });
      expect(await append(1, 'early')).toBe('conflict');
      expect(await append(0, 'a', 'b')).toBe('appended');
      for (const wrong of [0, 1, 3]) expect(await append(wrong, 'no', 'no')).toBe('conflict');
      expect(await append(2)).toBe('appended');
      expect((await streams.read('s')).map(({ event }) => event.kind)).toEqual(['a', 'b']);
      expect(await append(2, 'c')).toBe('appended');
      expect((await streams.readAll(0, 9)).map(({ position }) => position)).toEqual([1, 2, 3]);
    });

    test('what cannot be written leaves nothing, and keeps nobody from writing', async () => {
      const { streams, keepsObjects } = await make();
      if (keepsObjects) return;
      const circle: { kind: string; self?: unknown } = { kind: 'circle' };
      circle.self = circle;
      const half = [{ kind: 'fine' }, circle];
      await expect(async () =>
        streams.append({ stream: 's', expectedVersion: 0, schema: 1, events: half }),
      ).rejects.toThrow(TypeError);
      expect(await streams.read('s')).toEqual([]);
      expect(await streams.append({ stream: 's', expectedVersion: 0, schema: 1, events: events('x') })).toBe(
        'appended',
      );
    });

    test('of many who write the same version one does', async () => {
      const { streams, other = streams } = await make();
      for (let expectedVersion = 0; expectedVersion < 40; expectedVersion += 2) {
        const answers = await Promise.all(
          [streams, other, streams, other].map((by, i) =>
            by.append({ stream: 's', expectedVersion, schema: 1, events: events(`by-${i}`, `by-${i}`) }),
          ),
        );
        expect(answers.toSorted()).toEqual(['appended', 'conflict', 'conflict', 'conflict']);
      }
      const all = await other.readAll(0, 1_000);
      expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i + 1));
      for (let i = 0; i < all.length; i += 2) expect(all[i]!.event).toEqual(all[i + 1]!.event);
    });

    test('who reads on from where they were while others write sees all of it, once', async () => {
      const { streams, other = streams } = await make();
      const seen: number[] = [];
      let isOver = false;
      const reader = (async () => {
        for (let last = false; !last; await new Promise((resolve) => setImmediate(resolve))) {
          last = isOver;
          for (const { position } of await other.readAll(seen.at(-1) ?? 0, 7)) seen.push(position);
        }
        for (;;) {
          const rest = await other.readAll(seen.at(-1) ?? 0, 7);
          if (rest.length === 0) return;
          seen.push(...rest.map(({ position }) => position));
        }
      })();
      const write = async (by: AnyStreams, stream: string): Promise<void> => {
        for (let expectedVersion = 0; expectedVersion < 60; expectedVersion += 3) {
          await by.append({ stream, expectedVersion, schema: 1, events: events('a', 'b', 'c') });
        }
      };
      await Promise.all([write(streams, 'p'), write(other, 'q'), write(streams, 'r')]);
      isOver = true;
      await reader;
      expect(seen).toEqual(Array.from({ length: 180 }, (_, i) => i + 1));
    });

    test('orders on them are what all their events come to, snapshots and projections as well', async () => {
      const steps = fc.array(fc.tuple(fc.constantFrom('o-1', 'o-2'), fc.constantFrom(...COMMANDS)), {
        maxLength: 40,
      });
      await fc.assert(
        fc.asyncProperty(steps, fc.nat({ max: 40 }), async (todo, pause) => {
          const { streams, other = streams } = await make();
          const orders = new AsyncRepository(orderAggregate, streams, { snapshotEvery: 2 });
          for (const [stream, one] of todo.slice(0, pause)) await orders.handle(stream, one);
          const kept = await projectAsync(counts, other);
          for (const [stream, one] of todo.slice(pause)) await orders.handle(stream, one);
          for (const stream of ['o-1', 'o-2']) {
            expect(await orders.load(stream)).toEqual(await orders.rebuild(stream));
            expect(await new AsyncRepository(orderAggregate, other).load(stream)).toEqual(
              await orders.load(stream),
            );
          }
          expect(await projectAsync(counts, other, kept)).toEqual(await projectAsync(counts, other));
        }),
        { numRuns: 15 },
      );
    });

    test('two repositories that handle the same commands at once do each of them once', async () => {
      const { streams, other = streams } = await make();
      const both = [streams, other].map((by) => new AsyncRepository(orderAggregate, by));
      for (let i = 0; i < 10; i++) {
        const answers = await Promise.all(both.map((orders) => orders.handle(`o-${i}`, COMMANDS[0]!)));
        expect(answers.filter((answer) => 'refused' in answer)).toEqual([
          { refused: 'the order is there already' },
        ]);
        expect(await streams.read(`o-${i}`)).toHaveLength(1);
      }
    });
  });
}
