// A saga of three steps without failures, every step on the disk before the next, on sagastorm and on what a TypeScript
// user would pick instead: `npm run durable -- [--rounds 5] [--sagas N] [--only id,id]`. In every round each contender
// runs once, in turn, on a new database; only the ratios count.

import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { introduced, machine, median, options, progress, ratio, table, times, whole } from './comparison.ts';
import type { Contender } from './contender-process.ts';
import { OURS, peers } from './durable/peers.ts';
import { type BenchPostgres, startPostgres } from './durable/postgres.ts';
import type { Measurement } from './orders.ts';

const LOADS = [1, 100, 1_000] as const;
/** Of the sagas of a round, in the round that is thrown away: the compiler is still at work. */
const WARM_UP_SHARE = 0.25;
const TMPFS = 0x01021994;

const { rounds, sagasMax, ids } = options('durable', Object.keys(peers), OURS);
const contenders = await introduced('durable', ids);
const postgres = await postgresFor(contenders);
const durability = new Map<string, string>();

/** Undefined when nobody can have it; those who need it then say so. */
async function postgresFor(all: readonly Contender[]): Promise<BenchPostgres | undefined> {
  const waiting = all.filter(({ introduction }) => introduction?.usesPostgres === true);
  if (waiting.length === 0) return undefined;
  try {
    return await startPostgres();
  } catch (error) {
    for (const contender of waiting) contender.failure = (error as Error).message.split('\n')[0];
    return undefined;
  }
}

async function measured(
  contender: Contender,
  sagas: number,
  inFlight: number,
): Promise<Measurement | undefined> {
  if (contender.failure !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-peers-'));
  try {
    const usesPostgres = contender.introduction?.usesPostgres === true;
    const postgresUrl = usesPostgres && postgres !== undefined ? await postgres.database() : '';
    return await contender.measure({ kind: 'endure', sagas, inFlight, place: { postgresUrl, folder } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Figures = ReadonlyMap<Contender, Measurement[]>;

async function load(at: number): Promise<Figures> {
  const inFlight = LOADS[at]!;
  const figures = new Map<Contender, Measurement[]>(contenders.map((contender) => [contender, []]));
  for (let round = -1; round < rounds; round++)
    for (const contender of contenders) {
      progress(`${inFlight} in flight, round ${round + 1} of ${rounds}: ${contender.name}`);
      const sagas = sagasOf(contender, at);
      const some = round < 0 ? Math.ceil(sagas * WARM_UP_SHARE) : sagas;
      const measurement = await measured(contender, some, inFlight);
      if (measurement === undefined) continue;
      durability.set(contender.name, measurement.durability ?? '');
      if (round >= 0) figures.get(contender)!.push(measurement);
    }
  progress('');
  return figures;
}

function sagasOf({ introduction }: Contender, at: number): number {
  return Math.min(sagasMax, introduction?.sagas[at] ?? 0);
}

function speeds(figures: Figures, id: string): readonly number[] {
  const contender = contenders.find((one) => one.id === id)!;
  return figures.get(contender)!.map(({ perSecond }) => perSecond);
}

function row(contender: Contender, at: number, figures: Figures): readonly string[] {
  const all = figures.get(contender)!;
  if (all.length < rounds) return [contender.name, '–', '–', '–', '–', `did not run: ${contender.failure}`];
  const perSecond = all.map((one) => one.perSecond);
  return [
    contender.name,
    whole(sagasOf(contender, at)),
    whole(median(perSecond)),
    median(all.map((one) => one.p99Ms ?? Number.NaN)).toFixed(1),
    ...OURS.map((ours) => times(ratio(speeds(figures, ours), perSecond))),
  ];
}

console.log(`${machine()}; medians of ${rounds} rounds, interleaved, each contender in a process of its own`);
console.log(
  'Three steps without failures, participants in the same process, every step durable before the next.',
);
if (statfsSync(tmpdir()).type === TMPFS)
  console.log(`${tmpdir()} is in memory: nothing here is on a disk. Set TMPDIR to a folder that is.`);
for (const [at, inFlight] of LOADS.entries()) {
  const figures = await load(at);
  const head = [
    `${whole(inFlight)} in flight`,
    'sagas',
    'sagas/s',
    'p99 ms',
    'our SQLite / it',
    'our PostgreSQL / it',
  ];
  console.log(
    `\n${table(
      head,
      contenders.map((contender) => row(contender, at, figures)),
    )}`,
  );
}
const about = contenders.map(({ name, introduction, failure }) => [
  name,
  introduction?.version ?? '–',
  introduction?.how ?? `did not run: ${failure}`,
  durability.get(name) ?? '–',
]);
console.log(`\n${table(['contender', 'version', 'how', 'durability'], about)}`);
for (const contender of contenders) await contender.stop();
await postgres?.stop();
if (contenders.slice(0, OURS.length).some(({ failure }) => failure !== undefined)) process.exitCode = 1;
