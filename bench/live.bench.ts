// Sagas per second of the live engine with every commit on the disk, and participants in the same process, beside the
// lean journal in the same run: `node bench/live.bench.ts [--store sqlite|postgres] [--rounds 5] [--in-flight 1000]`. Only the
// ratios count.

import { parseArgs } from 'node:util';
import type { Durations } from './lean-journal.ts';
import { loadHost, loadJournal } from './live-load.ts';
import { type Medium, mediumOf, storeAt } from './live-medium.ts';

/** In flight → sagas in a round. */
const LOADS: readonly (readonly [inFlight: number, sagas: number])[] = [
  [1, 500],
  [100, 10_000],
  [1_000, 30_000],
  [10_000, 60_000],
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    store: { type: 'string', default: 'sqlite' },
    'in-flight': { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const medium: Medium | undefined = await mediumOf(values.store);
const only = values['in-flight'];
const loads = LOADS.filter(([inFlight]) => only === undefined || `${inFlight}` === only);
if (medium === undefined || !Number.isInteger(rounds) || rounds < 1 || loads.length === 0) {
  const known = LOADS.map(([inFlight]) => inFlight).join('|');
  const usage = `node bench/live.bench.ts [--store sqlite|postgres] [--rounds 5] [--in-flight ${known}]`;
  const asked = [
    `--store ${values.store}`,
    `--rounds ${values.rounds}`,
    ...(only === undefined ? [] : [`--in-flight ${only}`]),
  ];
  console.error(`${asked.join(' ')} is not to be had. Usage: ${usage}`);
  process.exit(64);
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

for (const [inFlight, sagas] of loads) {
  const ours: Figure[] = [];
  const lean: Figure[] = [];
  for (let round = -1; round < rounds; round++) {
    const a = await measured(async () => loadHost(await storeAt(await medium.place()), sagas, inFlight));
    const b = await measured(async () => loadJournal(await medium.journal(), sagas, inFlight));
    if (round < 0) continue; // the compiler is still at work
    ours.push(a);
    lean.push(b);
  }
  const ratio = median(ours.map(({ perSecond }, i) => perSecond / lean[i]!.perSecond));
  const name = `${inFlight.toLocaleString('en')} in flight`.padEnd(18);
  console.log(`${name}${shown(middle(ours))}   lean journal${shown(middle(lean))}   × ${ratio.toFixed(2)}`);
}
await medium.close();
