// Whether comparisons can be trusted: `node bench/compare.bench.ts`. Many comparisons, each from its own root seed.
// Noise: the control, which is the baseline on other seeds, differs from the baseline in no metric in at least 95 of 100.
// Power: a mean latency that is 5 % longer is found in at least 95 of 100 with the default number of seeds.

import { parseArgs } from 'node:util';
import { COMPARE_SEEDS_DEFAULT, compare } from '../simulator/campaign/index.ts';
import type { ComparedPolicy } from '../simulator/index.ts';

const { values } = parseArgs({
  options: {
    roots: { type: 'string', default: '100' },
    scenario: { type: 'string', default: 'bank-transfer' },
    profile: { type: 'string', default: 'calm' },
    sagas: { type: 'string', default: '20' },
    /** 4.9 % of the mean latency of bank-transfer in calm weather, where most waiting is the first retry. */
    sweep: { type: 'string', default: 'retry.transient.initialMs=1050' },
  },
});
const [roots, sagas] = [Number(values.roots), Number(values.sagas)];
const profile = (['calm', 'breeze', 'storm'] as const).find((name) => name === values.profile);
if (!(roots >= 1) || !(sagas >= 1) || profile === undefined) {
  console.error(
    'Usage: node bench/compare.bench.ts [--roots 100] [--sagas 20] [--profile calm|breeze|storm]',
  );
  process.exit(64);
}

function differing({ metrics }: ComparedPolicy): readonly string[] {
  return metrics.filter(({ difference }) => difference?.isDistinguishable === true).map(({ id }) => id);
}

function leastP({ metrics }: ComparedPolicy): string {
  return Math.min(...metrics.map(({ difference }) => difference?.pHolm ?? 1)).toFixed(4);
}

let [silent, found] = [0, 0];
const relatives: number[] = [];
for (let root = 0; root < roots; root++) {
  const record = await compare({
    scenario: values.scenario,
    profile,
    sagas,
    policies: ['default'],
    sweep: values.sweep,
    rootSeed: `bench-${root}`,
  });
  const [, contender, control] = record!.policies as readonly [unknown, ComparedPolicy, ComparedPolicy];
  const noise = differing(control);
  if (noise.length === 0) silent++;
  else
    console.log(
      `bench-${root}: the control differs in ${noise.join(', ')} (p ${leastP(control)} after Holm)`,
    );
  if (differing(contender).includes('latency-mean')) found++;
  relatives.push(
    contender.metrics.find(({ id }) => id === 'latency-mean')?.difference?.relative ?? Number.NaN,
  );
}
const mean = relatives.reduce((sum, relative) => sum + relative, 0) / roots;
console.log(
  `${values.scenario} ${profile}, ${COMPARE_SEEDS_DEFAULT} seeds of ${sagas} sagas, ${roots} root seeds`,
);
console.log(`noise: the control differs in nothing in ${silent} of ${roots}`);
console.log(
  `power: a mean latency ${(100 * mean).toFixed(2)} % off (${values.sweep}) is found in ${found} of ${roots}`,
);
