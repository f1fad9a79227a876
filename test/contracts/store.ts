// What every store must do, whatever it is made of (E10): the acceptance suite of the port.

import { describe, expect, test } from 'vitest';
import type { AppendOutput, StoreAnswer } from '../../engine/core/orchestrator-messages.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../../engine/core/ports.ts';
import { rowsOf } from '../../engine/core/saga-event.ts';

/** A store at hand, and a way to wait until it has answered. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Sagas of `partition` that the suite may write. */
  readonly partition: string;
  readonly sagas: readonly [string, string];
  settle(): Promise<void>;
}

type Row = StoredEvent['event'];
const CREATED: Row = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: { n: 1 } };
const REQUESTED: Row = { kind: 'step-requested', step: 'a' };
const COMPLETED: Row = { kind: 'saga-completed' };

function appendOf(
  saga: string,
  expectedVersion: number,
  epoch: number,
  events: readonly Row[],
): AppendOutput {
  return { kind: 'append', saga, number: expectedVersion + 1, expectedVersion, epoch, atUs: 5, events };
}

export function storeContract(name: string, make: () => StoreUnderTest): void {
  async function open({ store, partition, settle }: StoreUnderTest) {
    const answers: { epoch: number; logs: readonly (readonly StoredEvent[])[] }[] = [];
    const sink: EpochSink = { opened: (epoch, logs) => answers.push({ epoch, logs }) };
    store.open(partition, sink);
    await settle();
    return answers[0]!;
  }

  async function append({ store, settle }: StoreUnderTest, output: AppendOutput): Promise<StoreAnswer> {
    const answers: StoreAnswer[] = [];
    const sink: InputSink = { input: (input) => answers.push(input as StoreAnswer) };
    store.append(output, sink);
    await settle();
    expect(answers).toHaveLength(1);
    return answers[0]!;
  }

  async function load({ store, settle }: StoreUnderTest, saga: string): Promise<readonly StoredEvent[]> {
    const answers: StoreAnswer[] = [];
    store.load({ kind: 'load', saga, number: 7 }, { input: (input) => answers.push(input as StoreAnswer) });
    await settle();
    const answer = answers[0]!;
    expect(answer).toMatchObject({ saga, number: 7 });
    return answer.kind === 'loaded' ? [...answer.events] : [];
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
  });
}
