// One load of the live benchmarks: sagas of three steps on a host, so many in flight, every event durable before the call
// that it intends, participants in the same process; and the same on the lean journal.

import { Host, LocalTransport } from '../engine/live/index.ts';
import { type Durations, type Journal, runJournal } from './lean-journal.ts';
import type { MediumStore } from './live-medium.ts';
import { ACTIONS, APPLIED, transfer } from './live-transfer.ts';

/** Steps of a saga; what each does is counted. */
const STEPS = 3;

/** Runs sagas on the engine; one goes before: the writer is then up. Closes the store. @throws Error when an effect is missing */
export async function loadHost(store: MediumStore, sagas: number, inFlight: number): Promise<Durations> {
  const each = new Float64Array(sagas);
  let begun = 0;
  let ended = 0;
  let effects = 0;
  const done = Promise.withResolvers<void>();
  const shop = {
    actions: ACTIONS,
    ledger: { drain: () => [], balances: () => [], stock: () => [] },
    handle: () => {
      effects++;
      return APPLIED;
    },
  } as const;
  const begin = (): void => {
    const number = begun++;
    each[number] = performance.now();
    host
      .create(transfer, { item: number % 100, amount: 1 + (number % 50) }, { id: `s-${number}` })
      .catch(done.reject);
  };
  const host = new Host({
    store,
    transport: new LocalTransport({ participants: { shop } }),
    definitions: [transfer],
    report: (report) => {
      if (report.kind === 'halted') return done.reject(report.error);
      if (report.kind !== 'ended' || report.saga === 'first') return;
      const number = Number(report.saga.slice(2));
      each[number] = performance.now() - each[number]!;
      if (begun < sagas) begin();
      if (++ended === sagas) done.resolve();
    },
  });
  await host.start();
  await host.whenEnded(await host.create(transfer, {}, { id: 'first' }));
  const start = performance.now();
  for (let i = 0; i < inFlight; i++) begin();
  await done.promise;
  const allMs = performance.now() - start;
  await host.stop();
  await store.close();
  if (effects !== STEPS * (sagas + 1)) throw new Error(`${effects} effects of ${sagas + 1} sagas`);
  return { each, allMs };
}

/** The same on the lean journal, which is closed. @throws Error when an effect is missing */
export async function loadJournal(journal: Journal, sagas: number, inFlight: number): Promise<Durations> {
  let effects = 0;
  const call = async (action: string, input: unknown): Promise<unknown> => {
    effects++;
    return { action, input };
  };
  const durations = await runJournal(journal, sagas, inFlight, call);
  if (effects !== STEPS * sagas) throw new Error(`${effects} effects of ${sagas} sagas`);
  return durations;
}
