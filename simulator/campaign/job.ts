// What to run, as data that crosses threads, and the same with everything loaded.

import { definePolicy, type PolicySpec } from '../../engine/policy/index.ts';
import { atFaultRate, type Profile, profiles } from '../faults/profile.ts';
import { inProtocol, type Place } from '../protocol.ts';
import type { Protocol } from '../protocol-names.ts';
import type { FaultPlan, RunResult } from '../run-result.ts';
import type { Scenario } from '../scenario.ts';
import { simulate } from '../world/simulate.ts';
import type { SimulationOptions } from '../world/simulation-options.ts';
import { loadScenario } from './load-scenario.ts';
import { choosePolicy, type PolicyChoice } from './policy-choice.ts';
import { withSaga } from './saga-file.ts';
import { scenarioHash } from './scenario-hash.ts';

/** One kind of run; a seed makes it one run. */
export interface Job {
  /** Name of a scenario, or path of its file. */
  readonly scenario: string;
  /** The one saga to run instead of the scenario's own, as it stood in a JSON file. */
  readonly saga?: unknown;
  readonly profile: Profile['name'];
  /** How the steps of a transaction are brought together; left out: `saga`. */
  readonly protocol?: Protocol;
  /** Left out: the scenario's own. */
  readonly policy?: string;
  /** A policy written out, instead of one that has a name. */
  readonly policySpec?: PolicySpec;
  /** All faults of the profile more or less frequent, in parts per thousand of its rates; default 1,000. */
  readonly faultPermille?: number;
  /** Sagas per run, from 1. Left out: the scenario's own number; 1 with `saga`. */
  readonly sagas?: number;
  /** Whether all sagas are asked for at virtual time 0, whatever the workload says: then they certainly meet. */
  readonly atOnce?: boolean;
}

/** A job with its scenario loaded and its names resolved. */
export interface PreparedJob {
  readonly scenario: Scenario;
  /** The scenario's file, absolute. */
  readonly file: string;
  /** See {@link scenarioHash}. */
  readonly hash: string;
  readonly profile: Profile;
  readonly protocol: Protocol;
  readonly policy: PolicyChoice;
  readonly sagas: number;
}

/**
 * Loads what a job names.
 *
 * @throws UserError when the scenario, the saga or the policy is wrong
 */
export async function prepare(job: Job, place: Place = 'simulated'): Promise<PreparedJob> {
  const { scenario: found, file } = await loadScenario(job.scenario);
  const given = job.saga === undefined ? found : withSaga(found, job.saga);
  const { protocol = 'saga' } = job;
  const own = inProtocol(given, protocol, place);
  const scenario = job.atOnce === true ? startingAtOnce(own) : own;
  return {
    scenario,
    file,
    hash: scenarioHash(scenario, file),
    protocol,
    profile: atFaultRate(profiles[job.profile], job.faultPermille ?? 1_000),
    policy: job.policySpec === undefined ? choosePolicy(scenario, job.policy) : writtenOut(job.policySpec),
    sagas: job.sagas ?? scenario.sagasPerRun,
  };
}

function writtenOut(spec: PolicySpec): PolicyChoice {
  return { name: spec.name, override: definePolicy(spec), spec };
}

function startingAtOnce(scenario: Scenario): Scenario {
  return { ...scenario, workload: (context) => ({ ...scenario.workload(context), startAtUs: 0 }) };
}

/** What one run may have beside its seed. */
export interface RunExtras
  extends Pick<SimulationOptions, 'trace' | 'onProgress' | 'keepPlan' | 'only' | 'visit' | 'onViolation'> {
  readonly plan?: FaultPlan;
}

/** Runs one seed of a job; see `simulate`. */
export function runSeed(job: PreparedJob, seed: string, extras: RunExtras = {}): RunResult {
  const { scenario, profile, policy, sagas } = job;
  const override = policy.override === undefined ? {} : { policy: policy.override };
  return simulate(scenario, { seed, sagas, profile, ...override, ...extras });
}
