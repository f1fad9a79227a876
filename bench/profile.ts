// Where the time goes, by part of the program: V8's sampling profiler over workload W and over the live engine, each in a
// process of its own, self times added up by folder. All threads of the process count, and nothing while they wait.
//
//   npm run --silent bench:profile -- [w|live]

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

const percent = (us: number, all: number): string => `${((100 * us) / all).toFixed(0)} %`;

function sum(parts: ReadonlyMap<string, number>): number {
  return [...parts.values()].reduce((total, us) => total + us, 0);
}

const SAGAS = 10_000;
const ROUNDS = 20;

/** W with all its sagas at once, and with a hundred at a time: the same work on a hundredth of the memory. */
export function profileOfW(): readonly string[] {
  const [all, few] = [SAGAS, 100].map((concurrent) =>
    profiled('workload-w.bench.ts', ['--rounds', `${ROUNDS}`, '--concurrent', `${concurrent}`]),
  );
  const perSaga = (us = 0): string => (us / (SAGAS * (ROUNDS + 1))).toFixed(1);
  const rows = [...all!]
    .sort(([, a], [, b]) => b - a)
    .map(
      ([part, us]) => `| ${part} | ${percent(us, sum(all!))} | ${perSaga(us)} | ${perSaga(few!.get(part))} |`,
    );
  return [
    '| W, calm: where the time goes | share | µs a saga, 10,000 at a time | µs a saga, 100 at a time |',
    '|---|---:|---:|---:|',
    ...rows,
    `| all | | ${perSaga(sum(all!))} | ${perSaga(sum(few!))} |`,
  ];
}

/** The live engine on SQLite, a thousand sagas in flight, and the lean journal beside it. */
export function profileOfLive(): readonly string[] {
  const parts = profiled('live.bench.ts', ['--in-flight', '1000', '--rounds', '3']);
  const rows = [...parts]
    .sort(([, a], [, b]) => b - a)
    .map(([part, us]) => `| ${part} | ${percent(us, sum(parts))} |`);
  return [
    "| live, SQLite, 1,000 in flight: where the processors' time goes | share |",
    '|---|---:|',
    ...rows,
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const asked = process.argv[2];
  if (asked !== undefined && asked !== 'w' && asked !== 'live') {
    console.error(`There is no profile of ${asked}. Usage: npm run --silent bench:profile -- [w|live]`);
    process.exit(64);
  }
  if (asked !== 'live') console.log(profileOfW().join('\n'));
  if (asked === undefined) console.log();
  if (asked !== 'w') console.log(profileOfLive().join('\n'));
}
