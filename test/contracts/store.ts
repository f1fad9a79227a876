// What every store must do, whatever it is made of (E10): the acceptance suite of the port.

import { describe, expect, test } from 'vitest';
import type { AppendOutput, StoreAnswer } from '../../engine/core/orchestrator-messages.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../../engine/core/ports.ts';
import { isWritten, rowsOf } from '../../engine/core/saga-event.ts';

/** A store at hand, and a way to wait until it has answered. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Sagas of `partition` that the suite may write. */
  readonly partition: string;
  readonly sagas: readonly [string, string];
  settle(): Promise<void>;
  /** A partition besides `partition`, where the store under test has one. */
  readonly otherPartition?: string;
  /** The same store after its process died, where what it holds outlives that. */
  reopen?(): StoreUnderTest;
  /** Removes a saga that has ended, where the store can. */
  remove?(saga: string): Promise<unknown>;
}

type Row = StoredEvent['event'];
const CREATED: Row = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: { n: 1 } };
const REQUESTED: Row = { kind: 'step-requested', step: 'a' };
const COMPLETED: Row = { kind: 'saga-completed' };
const STARTED: Row = { kind: 'compensation-started', reason: { kind: 'cancelled' } };
const NEEDS_A_PERSON: Row = { kind: 'saga-compensation-failed' };

function appendOf(
  saga: string,
  expectedVersion: number,
  epoch: number,
  events: readonly Row[],
): AppendOutput {
  return { kind: 'append', saga, number: expectedVersion + 1, expectedVersion, epoch, atUs: 5, events };
}

type Loaded = Extract<StoreAnswer, { readonly kind: 'loaded' }>;

export function storeContract(name: string, make: () => StoreUnderTest): void {
  async function open({ store, partition, settle }: StoreUnderTest, name = partition) {
    const answers: { epoch: number; logs: readonly (readonly StoredEvent[])[] }[] = [];
    const sink: EpochSink = { opened: (epoch, logs) => answers.push({ epoch, logs }) };
    store.open(name, sink);
    await settle();
    return answers[0]!;
  }

  async function append(at: StoreUnderTest, output: AppendOutput): Promise<StoreAnswer> {
    const answers = await appendAll(at, [output]);
    return answers[0]!;
  }

  /** All in one turn. */
  async function appendAll(
    { store, settle }: StoreUnderTest,
    outputs: readonly AppendOutput[],
  ): Promise<readonly StoreAnswer[]> {
    const answers: StoreAnswer[] = [];
    const sink: InputSink = { input: (input) => answers.push(input as StoreAnswer) };
    for (const output of outputs) store.append(output, sink);
    await settle();
    expect(answers).toHaveLength(outputs.length);
    return answers;
  }

  async function load(at: StoreUnderTest, saga: string): Promise<readonly StoredEvent[]> {
    return (await answerTo(at, saga)).events ?? [];
  }

  async function answerTo({ store, settle }: StoreUnderTest, saga: string): Promise<Partial<Loaded>> {
    const answers: StoreAnswer[] = [];
    store.load({ kind: 'load', saga, number: 7 }, { input: (input) => answers.push(input as StoreAnswer) });
    await settle();
    const answer = answers[0]!;
    expect(answer).toMatchObject({ saga, number: 7 });
    return answer.kind === 'loaded' ? { ...answer, events: [...answer.events] } : {};
  }

  describe(`${name} is a store`, () => {
    test('what was appended is loaded, in order', async () => {
      const at = make();
      const { epoch } = await open(at);
      const first = appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED]);
      const second = appendOf(at.sagas[0], 2, epoch, [COMPLETED]);
      expect(await append(at, first)).toEqual({ kind: 'appended', append: first });
      expect((await append(at, second)).kind).toBe('appended');
      expect(await load(at, at.sagas[0])).toEqual([...rowsOf(first), ...rowsOf(second)]);
    });

    test('a saga of which nothing was written loads empty', async () => {
      const at = make();
      await open(at);
      expect(await load(at, at.sagas[1])).toEqual([]);
    });

    test('E10: an append at another version than the log has is a conflict, and writes nothing', async () => {
      const at = make();
      const { epoch } = await open(at);
      await append(at, appendOf(at.sagas[0], 0, epoch, [CREATED]));
      expect((await append(at, appendOf(at.sagas[0], 0, epoch, [CREATED]))).kind).toBe('append-conflict');
      expect((await append(at, appendOf(at.sagas[0], 5, epoch, [COMPLETED]))).kind).toBe('append-conflict');
      expect(await load(at, at.sagas[0])).toHaveLength(1);
    });

    test('E10: to open a partition again is a higher epoch, and fences the earlier one', async () => {
      const at = make();
      const before = await open(at);
      await append(at, appendOf(at.sagas[0], 0, before.epoch, [CREATED, REQUESTED]));
      const after = await open(at);
      expect(after.epoch).toBeGreaterThan(before.epoch);
      const late = await append(at, appendOf(at.sagas[0], 2, before.epoch, [COMPLETED]));
      expect(late.kind).toBe('append-fenced');
      expect((await append(at, appendOf(at.sagas[0], 2, after.epoch, [COMPLETED]))).kind).toBe('appended');
    });

    test('E9: to open a partition gives back each saga that has not ended, and no other', async () => {
      const at = make();
      const { epoch, logs } = await open(at);
      expect(logs).toEqual([]);
      await append(at, appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED]));
      await append(at, appendOf(at.sagas[1], 0, epoch, [CREATED, REQUESTED, COMPLETED]));
      const again = await open(at);
      expect(again.logs.map((log) => log.map(({ saga, version }) => [saga, version]))).toEqual([
        [
          [at.sagas[0], 1],
          [at.sagas[0], 2],
        ],
      ]);
    });

    test('E9: a saga that waits for a person is not given back until the person has resumed it', async () => {
      const at = make();
      const { epoch } = await open(at);
      await append(at, appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED, STARTED, NEEDS_A_PERSON]));
      const before = await open(at);
      expect(before.logs).toEqual([]);
      await append(at, appendOf(at.sagas[0], 4, before.epoch, [{ kind: 'compensation-resumed' }]));
      expect((await open(at)).logs).toHaveLength(1);
    });

    test('E9: a saga of which an undo was skipped is given back, one that was taken over is not', async () => {
      const at = make();
      const act = { id: 'x', by: 'anna', why: 'gone' };
      const { epoch } = await open(at);
      await append(at, appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED, STARTED, NEEDS_A_PERSON]));
      await append(at, appendOf(at.sagas[1], 0, epoch, [CREATED, REQUESTED]));
      const skipped = { kind: 'step-skipped', step: 'a', direction: 'compensation', act } as const;
      await append(at, appendOf(at.sagas[0], 4, epoch, [skipped]));
      await append(at, appendOf(at.sagas[1], 2, epoch, [{ kind: 'saga-resolved', act }]));
      expect((await open(at)).logs.map(([first]) => first?.saga)).toEqual([at.sagas[0]]);
    });

    test('E10: a fenced append writes nothing, at whatever version it comes', async () => {
      const at = make();
      const before = await open(at);
      const first = appendOf(at.sagas[0], 0, before.epoch, [CREATED, REQUESTED]);
      await append(at, first);
      await open(at);
      expect((await append(at, appendOf(at.sagas[0], 2, before.epoch, [COMPLETED]))).kind).toBe(
        'append-fenced',
      );
      expect((await append(at, appendOf(at.sagas[0], 9, before.epoch, [COMPLETED]))).kind).toBe(
        'append-fenced',
      );
      expect((await append(at, appendOf(at.sagas[1], 0, before.epoch, [CREATED]))).kind).toBe(
        'append-fenced',
      );
      expect(await load(at, at.sagas[0])).toEqual(rowsOf(first));
      expect(await load(at, at.sagas[1])).toEqual([]);
    });

    test('E10: an append that is asked for again is a conflict, and what is loaded is what it wrote', async () => {
      const at = make();
      const { epoch } = await open(at);
      const output = appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED]);
      await append(at, output);
      expect((await append(at, output)).kind).toBe('append-conflict');
      expect(isWritten(await load(at, at.sagas[0]), output)).toBe(true);
    });

    test('E10: of two appends that come together at one version, one is written and one is a conflict', async () => {
      const at = make();
      const { epoch } = await open(at);
      const answers = await appendAll(at, [
        appendOf(at.sagas[0], 0, epoch, [CREATED]),
        appendOf(at.sagas[1], 0, epoch, [CREATED, REQUESTED]),
        appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED]),
      ]);
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['append-conflict', 'appended', 'appended']);
      const one = (await load(at, at.sagas[0])).length;
      expect([1, 2]).toContain(one);
      expect(await load(at, at.sagas[1])).toHaveLength(2);
    });

    test('E10: an append to a saga that was removed finds it gone, unless it is fenced; its name is free', async ({
      skip,
    }) => {
      const at = make();
      if (at.remove === undefined) return skip('nothing is removed from it');
      const [saga] = at.sagas;
      const before = await open(at);
      await append(at, appendOf(saga, 0, before.epoch, [CREATED, COMPLETED]));
      await append(at, appendOf(at.sagas[1], 0, before.epoch, [CREATED]));
      await at.remove(saga);
      const appendAfter = async (version: number, epoch: number): Promise<string> =>
        (await append(at, appendOf(saga, version, epoch, [{ kind: 'saga-retried', round: 1 }]))).kind;
      expect(await appendAfter(2, before.epoch)).toBe('append-gone');
      expect(await appendAfter(1, before.epoch)).toBe('append-gone');
      expect((await append(at, appendOf(at.sagas[1], 9, before.epoch, [COMPLETED]))).kind).toBe(
        'append-conflict',
      );
      const after = await open(at);
      expect(await appendAfter(2, before.epoch)).toBe('append-fenced');
      expect(await appendAfter(2, after.epoch)).toBe('append-gone');
      expect(await load(at, saga)).toEqual([]);
      expect((await append(at, appendOf(saga, 0, after.epoch, [CREATED]))).kind).toBe('appended');
      expect(await appendAfter(2, after.epoch)).toBe('append-conflict');
    });

    test('E10: to open a partition fences no other one, and gives back none of its sagas', async ({
      skip,
    }) => {
      const at = make();
      if (at.otherPartition === undefined) return skip('it has one partition only');
      const here = await open(at);
      const there = await open(at, at.otherPartition);
      expect(there.epoch).not.toBe(here.epoch);
      expect((await append(at, appendOf(at.sagas[0], 0, here.epoch, [CREATED]))).kind).toBe('appended');
      for (const version of [0, 1]) {
        const foreign = appendOf(at.sagas[0], version, there.epoch, [CREATED]);
        expect((await append(at, foreign)).kind).toBe('append-elsewhere');
      }
      expect((await answerTo(at, at.sagas[0])).partition).not.toBe(at.otherPartition);
      expect((await open(at, at.otherPartition)).logs).toEqual([]);
      expect((await append(at, appendOf(at.sagas[0], 1, here.epoch, [REQUESTED]))).kind).toBe('appended');
    });

    test('E10: what was acknowledged is there after the process died, and its epoch is over', async ({
      skip,
    }) => {
      const at = make();
      if (at.reopen === undefined) return skip('it dies with its process');
      const { epoch } = await open(at);
      const first = appendOf(at.sagas[0], 0, epoch, [CREATED, REQUESTED]);
      await append(at, first);
      await append(at, appendOf(at.sagas[1], 0, epoch, [CREATED, REQUESTED, COMPLETED]));
      const again = at.reopen();
      const opened = await open(again);
      expect(opened.epoch).toBeGreaterThan(epoch);
      expect(opened.logs).toEqual([rowsOf(first)]);
      expect(await load(again, at.sagas[1])).toHaveLength(3);
      expect((await append(again, appendOf(at.sagas[0], 2, epoch, [COMPLETED]))).kind).toBe('append-fenced');
      expect((await append(again, appendOf(at.sagas[0], 1, opened.epoch, [COMPLETED]))).kind).toBe(
        'append-conflict',
      );
      expect((await append(again, appendOf(at.sagas[0], 2, opened.epoch, [COMPLETED]))).kind).toBe(
        'appended',
      );
      expect((await append(at, appendOf(at.sagas[0], 3, epoch, [REQUESTED]))).kind).toBe('append-fenced');
    });
  });
}
