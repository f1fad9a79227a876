// Regenerates the figures of BENCHMARKS.md: `npm run bench` measures all suites and how the cost of a saga grows, and writes
// the tables between the marks; `-- --print` only prints them, `-- --quick` leaves the million out.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchRecord, median, rateOf, ratioOf } from './bench-record.ts';
import { ratioText } from './bench-text.ts';
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
/** Sagas, and so many of them at a time. */
const SCALE: readonly (readonly [sagas: number, concurrent: number])[] = [
  [1_000, 1_000],
  [10_000, 10_000],
  [100_000, 10_000],
  [100_000, 100_000],
  [1_000_000, 10_000],
  [1_000_000, 1_000_000],
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
function scaled(sagas: number, concurrent: number): Scaled {
  const script = fileURLToPath(new URL('./workload-w.bench.ts', import.meta.url));
  const counts = ['--sagas', `${sagas}`, '--concurrent', `${concurrent}`];
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
  const all = SCALE.filter(([sagas]) => !values.quick || sagas <= QUICK_MAX).map(([sagas, concurrent]) => {
    console.error(`W, ${NUMBER.format(sagas)} sagas, ${NUMBER.format(concurrent)} at a time`);
    return { sagas, concurrent, ...scaled(sagas, concurrent) };
  });
  const base = all.find(({ sagas }) => sagas === 10_000)!;
  const rows = all.map(({ sagas, concurrent, sagasPerSecond, eventsPerSecond, peakRssMb }) => {
    const cost = (base.sagasPerSecond / sagasPerSecond).toFixed(2);
    const counts = `${NUMBER.format(sagas)} | ${NUMBER.format(concurrent)}`;
    return `| ${counts} | ${NUMBER.format(sagasPerSecond)} | ${NUMBER.format(eventsPerSecond)} | × ${cost} | ${NUMBER.format(peakRssMb)} MB |`;
  });
  return [
    '| W, calm: sagas | at a time | sagas/s | events/s | cost of a saga, to 10,000 | peak memory |',
    '|---:|---:|---:|---:|---:|---:|',
    ...rows,
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
].join('\n');
console.log(tables);
if (!values.print) {
  const text = readFileSync(FILE, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${FILE} has lost its marks`);
  writeFileSync(FILE, `${text.slice(0, from)}${BEGIN}\n\n${tables}\n\n${text.slice(to)}`);
}
