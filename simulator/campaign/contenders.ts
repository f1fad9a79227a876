// Which policies a comparison is about: those that are named, and those that a sweep makes of one of them.

import { nearest } from '../../engine/core/nearest.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { definePolicy, type FullPolicySpec, type PolicySpec } from '../../engine/policy/index.ts';
import type { Scenario } from '../scenario.ts';
import type { Job } from './job.ts';
import { choosePolicy, specInForce } from './policy-choice.ts';

/** One policy of a comparison, as a job names it. */
export interface Contender {
  /** As reports call it, such as `default:retry.timeout.attemptsMax=3`. */
  readonly name: string;
  readonly policy?: string;
  readonly policySpec?: PolicySpec;
}

const CONTENDERS_MAX = 20;

/** The job of a contender. */
export function withPolicy(base: Job, { policy, policySpec }: Contender): Job {
  return {
    ...base,
    ...(policy === undefined ? {} : { policy }),
    ...(policySpec === undefined ? {} : { policySpec }),
  };
}

/**
 * The policies in the order of the report; the first is the baseline.
 *
 * @param sweep such as `retry.timeout.attemptsMax=1,3,5`: a setting of the first policy, or of the scenario's own, and
 * its values
 * @throws UserError `unknown-policy`, `too-few-policies`, `too-many-policies`, `repeated-policy`, `bad-sweep`,
 * `no-settings` or `bad-policy`
 */
export function contenders(
  scenario: Scenario,
  names: readonly string[],
  sweep: string | undefined,
): readonly Contender[] {
  const named = names.map((name) => ({ name: choosePolicy(scenario, name).name, policy: name }));
  const own: readonly Contender[] =
    named.length > 0 ? named : [{ name: choosePolicy(scenario, undefined).name }];
  const all = sweep === undefined ? named : [...own, ...swept(scenario, names[0], sweep)];
  if (all.length < 2) {
    throw new UserError(
      'too-few-policies',
      `compare needs two policies, not ${all.length === 0 ? 'none' : 'one'}`,
      'Write --policy NAME for each, the baseline first, or --sweep retry.timeout.attemptsMax=1,3,5.',
    );
  }
  if (all.length > CONTENDERS_MAX) {
    throw new UserError(
      'too-many-policies',
      `compare takes at most ${CONTENDERS_MAX} policies, not ${all.length}`,
    );
  }
  const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) < i);
  if (twice === undefined) return all;
  throw new UserError('repeated-policy', `policy "${twice.name}" is given twice`, 'Give each policy once.');
}

function swept(scenario: Scenario, name: string | undefined, sweep: string): readonly Contender[] {
  const [path, list, ...more] = sweep.split('=');
  if (!path || !list || more.length > 0) {
    throw new UserError(
      'bad-sweep',
      `--sweep takes a setting and its values, not "${sweep}"`,
      'Write --sweep retry.timeout.attemptsMax=1,3,5.',
    );
  }
  const spec = specOf(scenario, name);
  return list.split(',').map((value) => {
    const policySpec = withSetting(spec, path, wholeNumber(path, value));
    definePolicy(policySpec); // Refused here, not in a thread.
    return { name: `${spec.name}:${path}=${value}`, policySpec };
  });
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

function wholeNumber(path: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UserError('bad-sweep', `--sweep ${path}: "${text}" is not a whole number`);
}

function withSetting(spec: PolicySpec, path: string, value: number): PolicySpec {
  const known = settings(spec, '');
  if (!known.includes(path)) {
    throw new UserError(
      'bad-sweep',
      `policy "${spec.name}" has no setting "${path}"`,
      settingHint(path, known),
    );
  }
  const copy = structuredClone(spec);
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], copy);
  (owner as Record<string, unknown>)[last] = value;
  return copy;
}

/** The settings under it, or the one that it is near to. */
function settingHint(path: string, known: readonly string[]): string {
  const under = known.filter((setting) => setting.startsWith(`${path}.`));
  if (under.length > 0) return `Settings: ${under.join(', ')}.`;
  const near = nearest(path, known);
  const means = near === undefined ? '' : `Did you mean "${near}"? `;
  return `${means}Settings are such as ${[known[0]!, known[1]!, known.at(-1)!].join(', ')}.`;
}

/** The paths of all numbers in it. */
function settings(node: object, prefix: string): readonly string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === 'number') return [`${prefix}${key}`];
    return typeof value === 'object' && value !== null ? settings(value, `${prefix}${key}.`) : [];
  });
}
