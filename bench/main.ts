// The benchmarks of BENCHMARKS.md: `npm run bench`. Each figure stands beside a reference that ran in the same minute,
// round by round, because machines drift: only the ratios count.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import bankTransfer from '../scenarios/bank-transfer.ts';
import { type Profile, profiles, type Scenario, simulate } from '../simulator/index.ts';
import { runLean } from './lean-closure.ts';
import { scenarioW, workloadW } from './workload-w.ts';

const SAGAS = 10_000;
const MANY = 1_000_000;
const SMALL_RUNS = 500;
const SMALL_SAGAS = 20;
/** Rounds that are thrown away: the compiler is still at work. */
const WARM_UP = 3;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, quick: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `--rounds ${values.rounds} is not a whole number from 1. Usage: npm run bench -- [--rounds 9] [--quick]`,
  );
  process.exit(64);
}

/** What one round of one contender took, in milliseconds. */
type Contender = (round: number) => void;

function timed(contender: Contender, round: number): number {
  const begin = performance.now();
  contender(round);
  return performance.now() - begin;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** Runs both in turn; the median time of each, and the median over the rounds of how much faster the first is. */
function versus(
  ours: Contender,
  reference: Contender,
): { oursMs: number; referenceMs: number; ratio: number } {
  const pairs: { oursMs: number; referenceMs: number }[] = [];
  for (let round = -WARM_UP; round < rounds; round++) {
    const pair = { oursMs: timed(ours, round), referenceMs: timed(reference, round) };
    if (round >= 0) pairs.push(pair);
  }
  return {
    oursMs: median(pairs.map(({ oursMs }) => oursMs)),
    referenceMs: median(pairs.map(({ referenceMs }) => referenceMs)),
    ratio: median(pairs.map(({ oursMs, referenceMs }) => referenceMs / oursMs)),
  };
}

/** Events of a run that must hold. */
function held(scenario: Scenario, seed: string, sagas: number, profile: Profile): number {
  const { verdict, violations, events } = simulate(scenario, { seed, sagas, profile, keepPlan: false });
  if (verdict !== 'held') throw new Error(`seed ${seed}: ${verdict} ${JSON.stringify(violations[0] ?? '')}`);
  return events;
}

function perSecond(count: number, ms: number): string {
  return `${Math.round((count / ms) * 1000).toLocaleString('en')}/s`;
}

function say(what: string, ...figures: readonly string[]): void {
  console.log(`${what.padEnd(52)}${figures.map((figure) => figure.padStart(16)).join('')}`);
}

/** W on the full engine beside the lean kernel. */
function workload(): void {
  const scenario = scenarioW(SAGAS);
  const perSaga = (events: number): string => (events / SAGAS).toFixed(1);
  say(
    'events per saga, calm; lean closure kernel',
    perSaga(held(scenario, 'events', SAGAS, profiles.calm)),
    perSaga(runLean(workloadW, SAGAS).events),
  );
  for (const profile of [profiles.calm, profiles.storm]) {
    const { oursMs, referenceMs, ratio } = versus(
      (round) => held(scenario, `w-${round}`, SAGAS, profile),
      () => runLean(workloadW, SAGAS),
    );
    say(
      `W, ${SAGAS.toLocaleString('en')} sagas, ${profile.name}; lean closure kernel; ratio`,
      perSecond(SAGAS, oursMs),
      perSecond(SAGAS, referenceMs),
      ratio.toFixed(3),
    );
  }
}

/** How the cost of a saga grows with their number, each size in a process of its own. */
function scale(): void {
  const run = (sagas: number, concurrent: number) => {
    const script = fileURLToPath(new URL('./workload-w.bench.ts', import.meta.url));
    const options = [
      '--sagas',
      `${sagas}`,
      '--concurrent',
      `${concurrent}`,
      '--rounds',
      sagas > SAGAS ? '1' : '9',
    ];
    const line = execFileSync(process.execPath, ['--max-old-space-size=12288', script, ...options, '--json']);
    return JSON.parse(line.toString()) as { sagasPerSecond: number; peakRssMb: number };
  };
  const base = run(SAGAS, SAGAS);
  for (const concurrent of [SAGAS, MANY]) {
    const { sagasPerSecond, peakRssMb } = run(MANY, concurrent);
    say(
      `W, ${MANY.toLocaleString('en')} sagas, ${concurrent.toLocaleString('en')} at once; cost per saga beside 10,000`,
      `${sagasPerSecond.toLocaleString('en')}/s`,
      `${peakRssMb} MB`,
      `× ${(base.sagasPerSecond / sagasPerSecond).toFixed(2)}`,
    );
  }
}

/** Many small runs one after the other: what a search of seeds does all day. */
function small(): void {
  for (const profile of [profiles.calm, profiles.storm]) {
    const times: number[] = [];
    for (let round = -WARM_UP; round < rounds; round++) {
      const ms = timed(() => {
        for (let i = 0; i < SMALL_RUNS; i++) held(bankTransfer, `small-${round}/${i}`, SMALL_SAGAS, profile);
      }, round);
      if (round >= 0) times.push(ms);
    }
    say(
      `bank-transfer, runs of ${SMALL_SAGAS} sagas, ${profile.name}, one core`,
      perSecond(SMALL_RUNS, median(times)),
    );
  }
}

console.log(`Node ${process.version}, medians of ${rounds} rounds`);
workload();
small();
if (!values.quick) scale();
