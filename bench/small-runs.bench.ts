// Many small runs on one core, what a search of seeds does all day, in a process of its own: runs per second.
//
//   npm run --silent bench:small -- --profile storm --runs 3000

import { parseArgs } from 'node:util';
import bankTransfer from '../scenarios/bank-transfer.ts';
import { type Profile, profiles, simulate } from '../simulator/index.ts';

const SAGAS = 20;

const { values } = parseArgs({
  options: { profile: { type: 'string', default: 'storm' }, runs: { type: 'string', default: '3000' } },
});
const profile = (profiles as Readonly<Record<string, Profile>>)[values.profile];
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1 || profile === undefined) {
  console.error(`usage: --runs 1… --profile ${Object.keys(profiles).join('|')}`);
  process.exit(64);
}

const begin = performance.now();
for (let i = 0; i < runs; i++) {
  const { verdict } = simulate(bankTransfer, { seed: `small/${i}`, sagas: SAGAS, profile, keepPlan: false });
  if (verdict !== 'held') throw new Error(`seed small/${i} ended ${verdict}`);
}
const perSecond = (runs / (performance.now() - begin)) * 1_000;
console.log(
  `${Math.round(perSecond).toLocaleString('en')} runs of ${SAGAS} sagas a second, ${profile.name}, compiling included`,
);
