// Which policies a comparison is about: those that are named, and those that a sweep makes of one of them. Or which
// protocols, under one policy.

import { UserError } from '../../engine/core/user-error.ts';
import { definePolicy, type PolicySpec } from '../../engine/policy/index.ts';
import type { Protocol } from '../protocol-names.ts';
import type { Scenario } from '../scenario.ts';
import { isUserError } from './error-data.ts';
import { type Job, type PreparedJob, prepare } from './job.ts';
import { choosePolicy, specOf } from './policy-choice.ts';
import { variantName, withSetting } from './policy-variant.ts';

/** One policy of a comparison, as a job names it. */
export interface Contender {
  /** As reports call it, such as `default:retry.timeout.attemptsMax=3`. */
  readonly name: string;
  readonly policy?: string;
  readonly policySpec?: PolicySpec;
  /** Left out: that of the job. */
  readonly protocol?: Protocol;
}

const CONTENDERS_MAX = 20;

/** The job of a contender. */
export function withContender(base: Job, { policy, policySpec, protocol }: Contender): Job {
  return {
    ...base,
    ...(protocol === undefined ? {} : { protocol }),
    ...(policy === undefined ? {} : { policy }),
    ...(policySpec === undefined ? {} : { policySpec }),
  };
}

/**
 * Refuses whoever cannot run a definition of the scenario, under the protocol that it is to run under: before the first
 * run, not when it is its turn.
 *
 * @throws UserError as the protocol throws it, or the check of the policy, then with the name of the contender
 */
export async function refuseUnfit(base: Job, all: readonly Contender[]): Promise<void> {
  for (const contender of all) {
    const prepared = await prepare(withContender(base, contender));
    try {
      checkFits(prepared);
    } catch (error) {
      if (!isUserError(error)) throw error;
      throw new UserError(error.code, `"${contender.name}" cannot run: ${error.message}`, error.hint);
    }
  }
}

/** E12, with the policy that each definition gets. */
function checkFits({ scenario, policy: { override = scenario.policy } }: PreparedJob): void {
  const [first] = scenario.sagas;
  for (const saga of scenario.sagas) (override ?? saga.policy ?? first?.policy)?.check(saga);
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
  refuseTwice(
    'policy',
    all.map(({ name }) => name),
  );
  return all;
}

/**
 * Protocols in the order of the report, the first is the baseline, all under one policy.
 *
 * @throws UserError `unknown-policy`, `too-many-dimensions` or `repeated-protocol`
 */
export function protocolContenders(
  scenario: Scenario,
  protocols: readonly Protocol[],
  names: readonly string[],
  sweep: string | undefined,
): readonly Contender[] {
  if (names.length > 1 || sweep !== undefined) {
    throw new UserError(
      'too-many-dimensions',
      'compare takes several protocols or several policies, not both',
      'Give --protocol or --policy once.',
    );
  }
  const [policy] = names;
  choosePolicy(scenario, policy); // Refused here, not in a thread.
  refuseTwice('protocol', protocols);
  return protocols.map((protocol) => ({
    name: protocol,
    protocol,
    ...(policy === undefined ? {} : { policy }),
  }));
}

/**
 * Refuses one protocol where there is nothing to compare it with: neither another, nor policies under it.
 *
 * @throws UserError `too-few-protocols`
 */
export function refuseLoneProtocol(
  [protocol]: readonly Protocol[],
  names: readonly string[],
  sweep: string | undefined,
): void {
  if (protocol === undefined || sweep !== undefined || names.length > 1) return;
  const other = protocol === 'saga' ? '2pc' : 'saga';
  throw new UserError(
    'too-few-protocols',
    `compare needs two protocols, or two policies under "${protocol}"`,
    `Add --protocol ${other}, or write --policy NAME for each of several policies; the baseline is first.`,
  );
}

function refuseTwice(what: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new UserError(`repeated-${what}`, `${what} "${twice}" is given twice`, `Give each ${what} once.`);
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
    const policySpec = withSetting(spec, path, value);
    definePolicy(policySpec); // Refused here, not in a thread.
    return { name: variantName(spec.name, path, value), policySpec };
  });
}
