// Whether the storm that retries keep alive is found, and its end: `node bench/retry-storm.bench.ts`. Three comparisons of
// `retry-storm`, each from its own root seed; the ranking by completed sagas must be the same in all of them.

import { compare } from '../simulator/campaign/index.ts';
import type { ComparedPolicy } from '../simulator/index.ts';

const POLICIES = ['naive', 'default', 'patient', 'resilient'];
const ROOTS = ['storm-a', 'storm-b', 'storm-c'];
const SEEDS = 20;

function valueIn({ metrics }: ComparedPolicy, id: string): number {
  return metrics.find((metric) => metric.id === id)?.value ?? Number.NaN;
}

/** `+84.9 points (84.8 … 84.9)` against the first policy, or `~`. */
function gainOf({ metrics }: ComparedPolicy, id: string): string {
  const difference = metrics.find((metric) => metric.id === id)?.difference;
  if (difference?.interval === undefined || !difference.isDistinguishable) return '~';
  const points = (share: number): string => (share * 100).toFixed(1);
  const { value, interval } = difference;
  return `${points(value)} points (${points(interval.low)} … ${points(interval.high)})`;
}

const rankings = new Set<string>();
for (const rootSeed of ROOTS) {
  const record = await compare({
    scenario: 'retry-storm',
    profile: 'calm',
    policies: POLICIES,
    rootSeed,
    seeds: SEEDS,
  });
  const policies = record!.policies.filter(({ role }) => role !== 'control');
  console.log(`root seed "${rootSeed}": ${record!.sentence}`);
  for (const policy of policies) {
    const back = `load back in ${Math.round(valueIn(policy, 'load-back') * SEEDS)} of ${SEEDS} seeds`;
    const gain =
      policy.role === 'baseline'
        ? ''
        : ` · ${gainOf(policy, 'completed')} completed, ${gainOf(policy, 'load-back')} load back`;
    console.log(
      `  ${policy.name.padEnd(10)} ${(valueIn(policy, 'completed') * 100).toFixed(1)} % completed · ${back}${gain}`,
    );
  }
  const byShare = Map.groupBy(policies, (policy) => (valueIn(policy, 'completed') * 100).toFixed(1));
  const ranked = [...byShare].sort(([a], [b]) => Number(b) - Number(a));
  rankings.add(ranked.map(([, alike]) => alike.map(({ name }) => name).join(' = ')).join(' > '));
}
console.log(`rankings by completed sagas: ${[...rankings].join('; ')}`);
process.exitCode = rankings.size === 1 ? 0 : 1;
