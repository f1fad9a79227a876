// Where the time goes, by part of the program: V8's sampling profiler over workload W, over many small runs and over the live
// engine, each in a process of its own, self times added up by folder. All threads of the process count, and nothing while
// they wait.
//
//   npm run --silent bench:profile -- [w|small|live]

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What is read of a `.cpuprofile`: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** Ids of nodes, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROOT = new URL('../', import.meta.url).href;
const WAITS = new Set(['(idle)', '(root)']);
/** Folders that are told apart, the longest first. */
const PARTS: readonly (readonly [folder: string, part: string])[] = [
  ['engine/core/', 'engine: decisions, log, calls'],
  ['engine/policy/', 'engine: decisions, log, calls'],
  ['engine/fence/', 'participants and their fences'],
  ['participants-mock/', 'participants and their fences'],
  ['engine/live/', 'live host and stores'],
  ['simulator/kernel/', 'kernel: queue, trace, draws'],
  ['simulator/invariants/', 'invariants'],
  ['simulator/', 'world: processes, network, store, tallies'],
  ['bench/lean', 'the lean baseline'],
  ['bench/', 'the benchmark itself'],
];

/** Runs a script of this folder under the profiler; microseconds by part of the program. */
function profiled(script: string, args: readonly string[]): ReadonlyMap<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-profile-'));
  console.error(`profile · ${script} ${args.join(' ')}`);
  try {
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
    const file = fileURLToPath(new URL(script, import.meta.url));
    execFileSync(process.execPath, [...flags, '--max-old-space-size=8192', file, ...args]);
    const total = new Map<string, number>();
    for (const name of readdirSync(folder)) {
      const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
      for (const [part, us] of byPart(profile)) total.set(part, (total.get(part) ?? 0) + us);
    }
    return total;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function byPart({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const total = new Map<string, number>();
  samples.forEach((id, i) => {
    const part = parts.get(id);
    if (part !== undefined) total.set(part, (total.get(part) ?? 0) + timeDeltas[i]!);
  });
  return total;
}

/** Undefined while nothing is done. Functions of V8 itself count with those that call them. */
function partOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string | undefined {
  if (WAITS.has(functionName)) return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (!url.startsWith(ROOT) || url.includes('/node_modules/')) return 'Node.js, V8 and libraries';
  const path = url.slice(ROOT.length);
  return PARTS.find(([folder]) => path.startsWith(folder))?.[1] ?? 'the rest';
}

const NUMBER = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** One process under the profiler: what it runs, and the work that its microseconds are divided by, where there is one. */
interface Column {
  readonly title: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Things that it does in all; left out, only shares are told. */
  readonly count?: number;
}

/** Parts in rows, the largest of the first column first; shares, and microseconds for one of what is counted. */
function table(what: string, columns: readonly Column[]): readonly string[] {
  const profiles = columns.map(({ script, args }) => profiled(script, args));
  const sums = profiles.map((parts) => [...parts.values()].reduce((total, us) => total + us, 0));
  const cell = ({ count }: Column, us: number, sum: number): string => {
    const share = `${((100 * us) / sum).toFixed(0)} %`;
    return count === undefined ? share : `${NUMBER.format(us / count)} µs, ${share}`;
  };
  const row = (part: string): string =>
    `| ${part} | ${columns.map((column, i) => cell(column, profiles[i]!.get(part) ?? 0, sums[i]!)).join(' | ')} |`;
  const parts = [
    ...new Set(profiles.flatMap((of) => [...of].sort(([, a], [, b]) => b - a).map(([part]) => part))),
  ];
  const all = columns.map(({ count }, i) =>
    count === undefined ? '' : `${NUMBER.format(sums[i]! / count)} µs`,
  );
  return [
    `| ${what} | ${columns.map(({ title }) => title).join(' | ')} |`,
    `|---|${'---:|'.repeat(columns.length)}`,
    ...parts.map(row),
    ...(all.every((text) => text === '') ? [] : [`| all | ${all.join(' | ')} |`]),
  ];
}

const SAGAS = 10_000;
const ROUNDS = 20;

/** W with all its sagas at once, and with a hundred at a time: the same work on a hundredth of the memory. */
export function profileOfW(): readonly string[] {
  const at = (concurrent: number): Column => ({
    title: `${concurrent.toLocaleString('en')} at a time`,
    script: 'workload-w.bench.ts',
    args: ['--rounds', `${ROUNDS}`, '--concurrent', `${concurrent}`],
    count: SAGAS * (ROUNDS + 1), // one round is to warm up
  });
  return table('W, calm: where a saga takes its time', [at(SAGAS), at(100)]);
}

const RUNS = 6_000;

/** Runs of twenty sagas, one after another. */
export function profileOfSmallRuns(): readonly string[] {
  const under = (profile: string): Column => ({
    title: profile,
    script: 'small-runs.bench.ts',
    args: ['--profile', profile, '--runs', `${RUNS}`],
    count: RUNS,
  });
  return table('bank-transfer, 20 sagas: where a run takes its time', [under('storm'), under('calm')]);
}

/** The live engine, a thousand sagas in flight, and the lean journal beside it. What a server does is not in it. */
export function profileOfLive(): readonly string[] {
  const on = (title: string, store: string): Column => ({
    title,
    script: 'live.bench.ts',
    args: ['--store', store, '--in-flight', '1000', '--rounds', '3'],
  });
  const columns = [on('SQLite', 'sqlite'), on('PostgreSQL', 'postgres')];
  return table("live, 1,000 in flight: where the processors' time goes", columns);
}

const PROFILES: Readonly<Record<string, () => readonly string[]>> = {
  w: profileOfW,
  small: profileOfSmallRuns,
  live: profileOfLive,
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PROFILES);
  const unknown = names.find((name) => PROFILES[name] === undefined);
  if (unknown !== undefined) {
    const known = Object.keys(PROFILES).join('|');
    console.error(`There is no profile of ${unknown}. Usage: npm run --silent bench:profile -- [${known}]`);
    process.exit(64);
  }
  console.log(names.map((name) => PROFILES[name]!().join('\n')).join('\n\n'));
}
