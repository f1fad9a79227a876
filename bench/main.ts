// Regenerates the figures of BENCHMARKS.md: `npm run bench` measures all suites, how the cost of a saga grows and where the time
// goes, and writes the tables between the marks; `-- --print` only prints them, `-- --quick` leaves the million out.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchRecord, median, rateOf, ratioOf } from './bench-record.ts';
import { ratioText } from './bench-text.ts';
import { profileOfLive, profileOfSmallRuns, profileOfW } from './profile.ts';
import { runSuites } from './run-suites.ts';
import { SUITES } from './suites.ts';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    print: { type: 'boolean', default: false },
  },
});
const [processes, rounds] = [Number(values.processes), Number(values.rounds)];
if (![processes, rounds].every((count) => Number.isInteger(count) && count >= 1)) {
  console.error('Usage: npm run bench -- [--processes 3] [--rounds 5] [--quick] [--print]');
  process.exit(64);
}

const BEGIN = '<!-- figures: written by `npm run bench` -->';
const END = '<!-- end of figures -->';
const FILE = fileURLToPath(new URL('./BENCHMARKS.md', import.meta.url));
const NUMBER = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
/** Sagas, so many of them at a time, and the weather. */
const SCALE: readonly (readonly [sagas: number, concurrent: number, profile: 'calm' | 'storm'])[] = [
  [1_000, 1_000, 'calm'],
  [10_000, 10_000, 'calm'],
  [10_000, 10_000, 'storm'],
  [100_000, 10_000, 'calm'],
  [100_000, 100_000, 'calm'],
  [1_000_000, 10_000, 'calm'],
  [1_000_000, 1_000_000, 'calm'],
];
const QUICK_MAX = 100_000;

function counted(count: number, thing: string): string {
  const ending = thing.endsWith('s') ? 'es' : 's';
  return `${NUMBER.format(count)} ${thing}${count === 1 ? '' : ending}`;
}

interface Scaled {
  readonly sagasPerSecond: number;
  readonly eventsPerSecond: number;
  readonly peakRssMb: number;
}

/** W in a process of its own. */
function scaled([sagas, concurrent, profile]: (typeof SCALE)[number]): Scaled {
  const script = fileURLToPath(new URL('./workload-w.bench.ts', import.meta.url));
  const counts = ['--sagas', `${sagas}`, '--concurrent', `${concurrent}`, '--profile', profile];
  const rounds = ['--rounds', sagas > 100_000 ? '1' : '5'];
  const line = execFileSync(process.execPath, [
    '--max-old-space-size=12288',
    script,
    ...counts,
    ...rounds,
    '--json',
  ]);
  return JSON.parse(line.toString()) as Scaled;
}

function suiteTable({ measures }: BenchRecord): readonly string[] {
  const rows = measures.map((measure) => {
    const ratios = measure.processes.map((times) => ratioOf(measure, times));
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map(ratioText);
    const range = least === most ? '' : ` (${least} … ${most})`;
    const rate = `${NUMBER.format(rateOf(measure))} ${measure.unit}/s`;
    const [suite] = measure.id.split('/');
    return `| ${suite} | ${measure.title} | ${rate} | × ${ratioText(median(ratios))}${range} | ${measure.reference.title} |`;
  });
  return ['| | | | ratio (least … most of the processes) | to |', '|---|---|---:|---:|---|', ...rows];
}

function scaleTable(): readonly string[] {
  const all = SCALE.filter(([sagas]) => !values.quick || sagas <= QUICK_MAX).map((scale) => {
    const [sagas, concurrent, profile] = scale;
    console.error(`W, ${profile}, ${NUMBER.format(sagas)} sagas, ${NUMBER.format(concurrent)} at a time`);
    return { sagas, concurrent, profile, ...scaled(scale) };
  });
  const base = all.find(({ sagas, profile }) => sagas === 10_000 && profile === 'calm')!;
  const rows = all.map(({ sagas, concurrent, profile, sagasPerSecond, eventsPerSecond, peakRssMb }) => {
    const saga = (base.sagasPerSecond / sagasPerSecond).toFixed(2);
    const event = (base.eventsPerSecond / eventsPerSecond).toFixed(2);
    const counts = `${NUMBER.format(sagas)} | ${NUMBER.format(concurrent)} | ${profile}`;
    const rates = `${NUMBER.format(sagasPerSecond)} | ${NUMBER.format(eventsPerSecond)}`;
    return `| ${counts} | ${rates} | × ${saga} | × ${event} | ${NUMBER.format(peakRssMb)} MB |`;
  });
  return [
    '| W: sagas | at a time | weather | sagas/s | events/s | cost of a saga ¹ | of an event ¹ | peak memory |',
    '|---:|---:|---|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    '¹ To 10,000 in calm weather.',
  ];
}

const record = await runSuites({
  suites: SUITES.map(({ name }) => name),
  processes,
  rounds,
  onMeasured: (id, process) => console.error(`process ${process + 1} of ${processes} · ${id}`),
});
const { machine, node, version } = record!;
const tables = [
  `sagastorm ${version}, Node ${node}, ${machine.cpu}, ${machine.cores} cores, ${machine.platform}; ${counted(processes, 'process')} of ${counted(rounds, 'round')}.`,
  '',
  ...suiteTable(record!),
  '',
  ...scaleTable(),
  '',
  ...profileOfW(),
  '',
  ...profileOfSmallRuns(),
  '',
  ...profileOfLive(),
].join('\n');
console.log(tables);
if (!values.print) {
  const text = readFileSync(FILE, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${FILE} has lost its marks`);
  writeFileSync(FILE, `${text.slice(0, from)}${BEGIN}\n\n${tables}\n\n${text.slice(to)}`);
}
