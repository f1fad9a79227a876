// Sagas per second of the live engine with every commit on the disk, and participants in the same process, beside the
// lean journal in the same run: `node bench/live.bench.ts [--store sqlite|postgres] [--rounds 5]`. Only the ratios count.

import { parseArgs } from 'node:util';
import { Host, LocalTransport } from '../engine/live/index.ts';
import { type Durations, runJournal } from './lean-journal.ts';
import { type Medium, type MediumStore, mediumOf, storeAt } from './live-medium.ts';
import { ACTIONS, APPLIED, transfer } from './live-transfer.ts';

/** In flight → sagas in a round. */
const LOADS: readonly (readonly [inFlight: number, sagas: number])[] = [
  [1, 500],
  [100, 10_000],
  [1_000, 30_000],
  [10_000, 60_000],
];

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, store: { type: 'string', default: 'sqlite' } },
});
const rounds = Number(values.rounds);
const medium: Medium | undefined = await mediumOf(values.store);
if (medium === undefined || !Number.isInteger(rounds) || rounds < 1) {
  const usage = 'node bench/live.bench.ts [--store sqlite|postgres] [--rounds 5]';
  console.error(`--store ${values.store} --rounds ${values.rounds} is not to be had. Usage: ${usage}`);
  process.exit(64);
}

let effects = 0;
const shop = {
  actions: ACTIONS,
  ledger: { drain: () => [], balances: () => [], stock: () => [] },
  handle: () => {
    effects++;
    return APPLIED;
  },
} as const;

const call = async (action: string, input: unknown): Promise<unknown> => {
  effects++;
  return { action, input };
};

/** As the lean journal, on the engine. One saga goes before: the writer is then up. */
async function runHost(store: MediumStore, sagas: number, inFlight: number): Promise<Durations> {
  const each = new Float64Array(sagas);
  let begun = 0;
  let ended = 0;
  const done = Promise.withResolvers<void>();
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
  return { each, allMs };
}

interface Figure {
  readonly perSecond: number;
  readonly p99Ms: number;
}

async function measured(run: () => Promise<Durations>): Promise<Figure> {
  const { each, allMs } = await run();
  const p99Ms = each.sort()[Math.floor(each.length * 0.99)]!;
  return { perSecond: (each.length / allMs) * 1_000, p99Ms };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function shown({ perSecond, p99Ms }: Figure): string {
  return `${Math.round(perSecond).toLocaleString('en')}/s (p99 ${p99Ms.toFixed(1)} ms)`.padStart(28);
}

function middle(figures: readonly Figure[]): Figure {
  return { perSecond: median(figures.map((f) => f.perSecond)), p99Ms: median(figures.map((f) => f.p99Ms)) };
}

for (const [inFlight, sagas] of LOADS) {
  const ours: Figure[] = [];
  const lean: Figure[] = [];
  for (let round = -1; round < rounds; round++) {
    effects = 0;
    const a = await measured(async () => runHost(await storeAt(await medium.place()), sagas, inFlight));
    if (effects !== 3 * (sagas + 1)) throw new Error(`${effects} effects of ${sagas + 1} sagas`);
    const b = await measured(async () => runJournal(await medium.journal(), sagas, inFlight, call));
    if (round < 0) continue; // the compiler is still at work
    ours.push(a);
    lean.push(b);
  }
  const ratio = median(ours.map(({ perSecond }, i) => perSecond / lean[i]!.perSecond));
  const name = `${inFlight.toLocaleString('en')} in flight`.padEnd(18);
  console.log(`${name}${shown(middle(ours))}   lean journal${shown(middle(lean))}   × ${ratio.toFixed(2)}`);
}
await medium.close();
