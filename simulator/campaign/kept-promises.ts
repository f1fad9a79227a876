// Which policies keep what the scenario promises, its service levels, and what that means for a recommendation.
//
// K1. While one policy meets all service levels, none that misses one is recommended, however much better it is.
// K2. Where none meets all of them, they decide nothing.
// K3. What was not measured is not missed. Who broke an invariant keeps no promise.

import type { ComparedPolicy } from '../compare-record.ts';
import type { Objective } from '../run-record.ts';
import { FRONT_METRICS, METRICS } from './compare-metrics.ts';

/** Those that may be recommended (K1, K2), in their order. The control is none of them. */
export function promiseKeepers(policies: readonly ComparedPolicy[]): readonly ComparedPolicy[] {
  const compared = policies.filter(({ role }) => role !== 'control');
  const keepers = compared.filter(keepsAll);
  return keepers.length === 0 ? compared : keepers;
}

/** Of those that keep their promises the one that completes most, then has the shortest p99, then calls least. */
export function bestKeeper(keepers: readonly ComparedPolicy[]): ComparedPolicy | undefined {
  return keepers.toSorted((a, b) => {
    const losses = FRONT_METRICS.map((id) => lossIn(a, id) - lossIn(b, id));
    return losses.find((loss) => loss !== 0) ?? 0;
  })[0];
}

/**
 * Sentences on service levels: who cannot be recommended because of them, and on how firm ground that stands.
 *
 * @param wanted those that would be recommended, or stay, if there were no service levels
 */
export function promiseSentences(
  policies: readonly ComparedPolicy[],
  wanted: readonly ComparedPolicy[],
  what: 'policy' | 'protocol' = 'policy',
): readonly string[] {
  const compared = policies.filter(({ role }) => role !== 'control');
  if (compared.every(({ slo }) => slo === undefined)) return [];
  const keepers = compared.filter(keepsAll);
  const out = wanted.filter((policy) => missedBy(policy).length > 0);
  return [
    ...(keepers.length === 0
      ? [`No ${what} meets all service levels.`]
      : out.map((policy) => ruledOut(policy, keepers))),
    ...unsteady(policies),
  ];
}

function keepsAll(policy: ComparedPolicy): boolean {
  return policy.slo !== undefined && missedBy(policy).length === 0 && policy.runs.violated === 0; // K3
}

function missedBy({ slo = [] }: ComparedPolicy): readonly Objective[] {
  return slo.filter(({ state }) => state === 'missed');
}

function ruledOut(policy: ComparedPolicy, keepers: readonly ComparedPolicy[]): string {
  const [first, ...more] = missedBy(policy);
  const rest = more.length === 0 ? '' : ` and ${more.length} more`;
  const [other, ...others] = keepers.map(({ name }) => `"${name}"`);
  const who = others.length === 0 ? `${other} meets` : `${other} and ${others.length} more meet`;
  return `"${policy.name}" cannot be recommended: it misses the service level "${first!.statement}"${rest}, and ${who} all.`;
}

/** The baseline keeps on other seeds what it misses on these, or the other way round. */
function unsteady(policies: readonly ComparedPolicy[]): readonly string[] {
  const [baseline] = policies;
  const control = policies.find(({ role }) => role === 'control');
  if (control?.slo === undefined) return [];
  const [here, there] = [baseline!, control].map((policy) => missedBy(policy).map(({ id }) => id));
  if (here!.join() === there!.join()) return [];
  const what =
    there!.length === 0
      ? 'meets all service levels'
      : `misses ${there!.length} of ${control.slo.length} service levels`;
  return [`Careful: on other seeds the baseline ${what}.`];
}

/** Less is better. */
function lossIn({ metrics }: ComparedPolicy, id: string): number {
  const value = metrics.find((metric) => metric.id === id)?.value ?? Number.MAX_VALUE;
  return METRICS.find((metric) => metric.id === id)?.better === 'higher' ? -value : value;
}
