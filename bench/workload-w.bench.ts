// Workload W on the full engine, a few rounds, in a process of its own: sagas and events per second, wall time and memory.
//
//   npm run --silent bench:w -- --sagas 10000 --profile calm --json
//
// More than `--concurrent` sagas (default 10,000) begin in waves, each when the one before is over.

import { parseArgs } from 'node:util';
import { type Profile, profiles, simulate } from '../simulator/index.ts';
import { CONCURRENT_DEFAULT, scenarioW } from './workload-w.ts';

const { values } = parseArgs({
  options: {
    sagas: { type: 'string', default: '10000' },
    profile: { type: 'string', default: 'calm' },
    concurrent: { type: 'string', default: `${CONCURRENT_DEFAULT}` },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});

const sagas = Number(values.sagas);
const concurrent = Number(values.concurrent);
const rounds = Number(values.rounds);
const profile = (profiles as Readonly<Record<string, Profile>>)[values.profile];
const counts = [sagas, concurrent, rounds];
if (!counts.every((count) => Number.isSafeInteger(count) && count >= 1) || profile === undefined) {
  console.error(
    `usage: --sagas 1… --concurrent 1… --rounds 1… --profile ${Object.keys(profiles).join('|')} [--json]`,
  );
  process.exit(64);
}

const scenario = scenarioW(sagas, concurrent);
/** Enough sagas for the compiler to have seen every path, whatever is measured. */
simulate(scenarioW(10_000, concurrent), { seed: 'warm-up', sagas: 10_000, profile });

const results = Array.from({ length: rounds }, (_, round) => {
  const begin = performance.now();
  const result = simulate(scenario, { seed: `w-${round}`, sagas, profile, keepPlan: false });
  const wallMs = performance.now() - begin;
  if (result.verdict !== 'held') throw new Error(`round ${round}: ${JSON.stringify(result.violations[0])}`);
  return { wallMs, events: result.events };
}).sort((a, b) => a.wallMs - b.wallMs);

const { wallMs, events } = results[Math.floor(rounds / 2)]!;
const line = {
  sagasPerSecond: Math.round((sagas / wallMs) * 1000),
  eventsPerSecond: Math.round((events / wallMs) * 1000),
  wallMs: Math.round(wallMs),
  peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
};
console.log(
  values.json
    ? JSON.stringify(line)
    : `W, ${sagas} sagas, at most ${Math.min(sagas, concurrent)} at once, ${profile.name}, median of ${rounds}:\n${JSON.stringify(line, null, 2)}`,
);
