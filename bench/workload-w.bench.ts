// Workload W on the full engine, once, in a process of its own: sagas and events per second, wall time and memory.
//
//   npm run --silent bench:w -- --sagas 10000 --profile calm --json

import { parseArgs } from 'node:util';
import { type Profile, profiles, simulate } from '../simulator/index.ts';
import { scenarioW } from './workload-w.ts';

const { values } = parseArgs({
  options: {
    sagas: { type: 'string', default: '10000' },
    profile: { type: 'string', default: 'calm' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});

const sagas = Number(values.sagas);
const rounds = Number(values.rounds);
const profile = (profiles as Readonly<Record<string, Profile>>)[values.profile];
if (
  !Number.isInteger(sagas) ||
  sagas < 1 ||
  !Number.isInteger(rounds) ||
  rounds < 1 ||
  profile === undefined
) {
  console.error(`usage: --sagas 1… --rounds 1… --profile ${Object.keys(profiles).join('|')} [--json]`);
  process.exit(64);
}

/** Enough sagas for the compiler to have seen every path, whatever is measured. */
const scenario = scenarioW(sagas);
simulate(scenarioW(10_000), { seed: 'warm-up', sagas: 10_000, profile });

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
    : `W, ${sagas} sagas, ${profile.name}, median of ${rounds}:\n${JSON.stringify(line, null, 2)}`,
);
