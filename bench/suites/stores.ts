// The SQLite store by itself: appends that are on the disk when they are answered, logs read back, and a start over ten
// thousand sagas that were left open.

import { type AppendOutput, Orchestrator } from '../../engine/core/orchestrator.ts';
import type { EpochSink, InputSink } from '../../engine/core/ports.ts';
import { policies } from '../../engine/index.ts';
import { SqliteStore } from '../../engine/live/index.ts';
import { type Medium, mediumOf } from '../live-medium.ts';
import { transfer } from '../live-transfer.ts';
import type { Measure, Suite } from '../suite.ts';

const SAGAS = 10_000;
const LOADS = 2_000;

export const storesSuite: Suite = {
  name: 'stores',
  about: 'the SQLite store, every commit on the disk',
  async open() {
    const medium = (await mediumOf('sqlite'))!;
    const place = await medium.place();
    if (place.kind !== 'sqlite') throw new Error('another place');
    const store = new SqliteStore({ file: place.file });
    await appendAll(store, await opened(store));
    const left = { store, file: place.file };
    const measures = [appends(medium), loads(left.store, medium), recovery(left.store, medium)];
    return {
      measures,
      async close() {
        await store.close();
        await medium.close();
      },
    };
  },
};

function appends(medium: Medium): Measure {
  return {
    id: 'stores/append',
    title: `first events of ${SAGAS.toLocaleString('en')} sagas`,
    unit: 'appends',
    count: SAGAS,
    async run() {
      const place = await medium.place();
      if (place.kind !== 'sqlite') throw new Error('another place');
      const store = new SqliteStore({ file: place.file });
      await appendAll(store, await opened(store));
      await store.close();
    },
    reference: journalRows(medium),
  };
}

function loads(store: SqliteStore, medium: Medium): Measure {
  return {
    id: 'stores/load',
    title: 'the log of a saga',
    unit: 'loads',
    count: LOADS,
    async run() {
      for (let i = 0; i < LOADS; i++) {
        const log = await store.logOf(`s-${(i * 7) % SAGAS}`);
        if (log.length === 0) throw new Error('an empty log');
      }
    },
    reference: journalRows(medium),
  };
}

function recovery(store: SqliteStore, medium: Medium): Measure {
  return {
    id: 'stores/recover',
    title: `a start over ${SAGAS.toLocaleString('en')} open sagas`,
    unit: 'sagas',
    count: SAGAS,
    async run() {
      const { epoch, logs } = await openedWith(store);
      const machine = new Orchestrator({ epoch, policy: policies.default, definitions: [transfer] });
      machine.handle({ kind: 'recovered', sagas: logs }, 1);
      if (machine.size !== SAGAS) throw new Error(`${machine.size} sagas recovered`);
      machine.dispose();
    },
    reference: journalRows(medium),
  };
}

/** As many rows in the lean journal, a thousand in a transaction. */
function journalRows(medium: Medium) {
  return {
    title: 'lean journal, rows',
    count: SAGAS,
    async run() {
      const journal = await medium.journal();
      for (let from = 0; from < SAGAS; from += 1_000) {
        await Promise.all(Array.from({ length: 1_000 }, (_, i) => journal.append(`s-${from + i}`, 0, { i })));
      }
      await journal.close();
    },
  };
}

type Opened = Parameters<EpochSink['opened']>;

async function openedWith(store: SqliteStore): Promise<{ epoch: Opened[0]; logs: Opened[1] }> {
  return new Promise((resolve, reject) =>
    store.open('main', { opened: (epoch, logs) => resolve({ epoch, logs }), openFailed: reject }),
  );
}

async function opened(store: SqliteStore): Promise<number> {
  return (await openedWith(store)).epoch;
}

/** The first append of every saga, answered. */
async function appendAll(store: SqliteStore, epoch: number): Promise<void> {
  const machine = new Orchestrator({ epoch, policy: policies.default, definitions: [transfer] });
  let waiting = SAGAS;
  const done = Promise.withResolvers<void>();
  const answers: InputSink = {
    input({ kind }) {
      if (kind !== 'appended') done.reject(new Error(`an append ended ${kind}`));
      if (--waiting === 0) done.resolve();
    },
  };
  for (let i = 0; i < SAGAS; i++) {
    const input = { item: i % 100, amount: 1 + (i % 50) };
    for (const output of machine.handle({ kind: 'create', saga: `s-${i}`, definition: transfer, input }, i)) {
      if (output.kind === 'append') store.append(output as AppendOutput, answers);
    }
  }
  await done.promise;
  machine.dispose();
}
