// Which policy a run goes by: the one that `--policy` names or whose file it gives, else the scenario's own, else the
// default.

import { suggestion } from '../../engine/core/nearest.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { definePolicy, type FullPolicySpec, type PolicySpec, policies } from '../../engine/policy/index.ts';
import type { Scenario } from '../scenario.ts';
import { isUserError } from './error-data.ts';
import { readJson } from './json-file.ts';
import { type NamedVariant, variantIn, withSetting } from './policy-variant.ts';

/** Names of the policies that every scenario can be run under. */
export const STANDARD_POLICIES: readonly string[] = Object.values(policies).map(({ name }) => name);

/** The policy of a run. `override` is what the simulation is given; without it, each saga has its own. */
export interface PolicyChoice {
  readonly name: string;
  readonly override?: Policy;
  /** The policy written out, when it has no name that everybody knows. */
  readonly spec?: PolicySpec;
}

/**
 * Chooses the policy by name from the scenario's `policies` and the standard ones, one of them but for one number
 * (`default:callTimeoutMs=500`), or reads it from a JSON file when a path is given; without a name, the scenario's own.
 *
 * @throws UserError `unknown-policy`, `bad-setting`, `no-settings`; of a file `file-not-found`, `bad-json` or `bad-policy`
 */
export function choosePolicy(scenario: Scenario, name: string | undefined): PolicyChoice {
  if (name === undefined) return ownPolicy(scenario);
  if (isPath(name)) return policyIn(name);
  const known = new Map(
    [...Object.values(policies), ...scenario.policies].map((policy) => [policy.name, policy]),
  );
  const override = known.get(name);
  if (override !== undefined) return { name, override };
  const variant = variantIn(name);
  if (variant !== undefined) return variantOf(scenario, name, variant);
  throw new UserError(
    'unknown-policy',
    `scenario "${scenario.name}" knows no policy called "${name}"`,
    `${suggestion(name, [...known.keys()])} A file is given by its path, such as ./my-policy.json.`,
  );
}

/** The base may also be called as the scenario's own policy is. */
function variantOf(scenario: Scenario, name: string, { base, path, value }: NamedVariant): PolicyChoice {
  const isOwn = ownPolicy(scenario).name === base;
  const spec = withSetting(specOf(scenario, isOwn ? undefined : base), path, value);
  return { name, override: definePolicy(spec), spec };
}

/** No policy has a name like this. */
function isPath(name: string): boolean {
  return /[/\\]/.test(name) || name.endsWith('.json');
}

function policyIn(path: string): PolicyChoice {
  const found = readJson(path, 'a policy, as `sagastorm tune` writes them');
  try {
    const override = definePolicy(found as PolicySpec); // Checks whatever it is given.
    return { name: override.name, override, spec: found as PolicySpec };
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw new UserError(error.code, `${path}: ${error.message}`, error.hint);
  }
}

function ownPolicy(scenario: Scenario): PolicyChoice {
  if (scenario.policy !== undefined) return { name: scenario.policy.name };
  const own = new Set(scenario.sagas.flatMap(({ policy }) => (policy === undefined ? [] : [policy.name])));
  const { default: fallback } = policies;
  return own.size === 0 ? { name: fallback.name, override: fallback } : { name: [...own].join(' + ') };
}

/** The policy of all sagas of a run as JSON; undefined when there is none for all, or `definePolicy` did not make it. */
export function specInForce(scenario: Scenario, { override }: PolicyChoice): FullPolicySpec | undefined {
  const ofSagas = new Set(scenario.sagas.map(({ policy }) => policy ?? policies.default));
  const policy = override ?? scenario.policy ?? (ofSagas.size === 1 ? [...ofSagas][0] : undefined);
  return policy && writtenSpec(policy);
}

/** A policy as JSON, if `definePolicy` made it. */
export function writtenSpec(policy: Policy): FullPolicySpec | undefined {
  if (!('toJSON' in policy) || typeof policy.toJSON !== 'function') return undefined;
  return structuredClone(policy.toJSON() as FullPolicySpec);
}

/**
 * A policy, or the scenario's own, as JSON that can be varied.
 *
 * @throws UserError `unknown-policy` or `no-settings`
 */
export function specOf(scenario: Scenario, name: string | undefined): FullPolicySpec {
  const choice = choosePolicy(scenario, name);
  const spec = specInForce(scenario, choice);
  if (spec !== undefined) return spec;
  throw new UserError(
    'no-settings',
    `policy "${choice.name}" has no settings that could be varied`,
    'Name another one with --policy; those made by definePolicy have settings.',
  );
}
