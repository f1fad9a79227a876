// What every process of a run for real is told when it begins, and what it makes of it.

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { definePolicy, type FullPolicySpec } from '../../engine/policy/index.ts';
import { type Job, type PreparedJob, prepare } from '../../simulator/campaign/index.ts';
import { specInForce } from '../../simulator/campaign/policy-choice.ts';
import { Seed } from '../../simulator/kernel/random.ts';
import type { FaultPlan } from '../../simulator/run-result.ts';
import { Workload } from '../../simulator/world/workload.ts';

export type LiveStore =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** Plain data: it goes to other processes. */
export interface LiveJob {
  readonly job: Job;
  readonly seed: string;
  /** Only these faults strike. */
  readonly plan?: FaultPlan;
  /** Only these sagas are asked for. */
  readonly only?: readonly number[];
  /** Waits of the policy, and times of faults, are divided by this. */
  readonly pace: number;
  /** Where everything is kept that the run writes. */
  readonly folder: string;
  readonly store: LiveStore;
  readonly orchestrators: number;
  readonly leaseMs: number;
  /** From then on no fault is injected (S8). */
  readonly isHealed: boolean;
  /** Where participants are, by service. */
  readonly services: Readonly<Record<string, string>>;
}

/** A job with its scenario loaded. */
export interface PreparedLive {
  readonly live: LiveJob;
  readonly prepared: PreparedJob;
  /** What sagas run under instead of their own; undefined when each keeps its own. */
  readonly policy: Policy | undefined;
  readonly definitions: readonly SagaDefinition[];
  /** What the client of saga `index` asks for, faults aside. */
  readonly definitionOf: (index: number) => SagaDefinition;
}

/** @throws UserError when the scenario, the saga or the policy is wrong */
export async function prepareLive(live: LiveJob): Promise<PreparedLive> {
  const prepared = await prepare(live.job, 'live');
  const { scenario, sagas } = prepared;
  const workload = new Workload(new Seed(live.seed), sagas);
  return {
    live,
    prepared,
    policy: pacedPolicy(prepared, live.pace),
    definitions: scenario.sagas,
    definitionOf: (index) => {
      workload.index = index;
      return scenario.workload(workload).saga;
    },
  };
}

/** The policy with all its waits divided; one that is not plain data keeps them. */
export function pacedPolicy({ scenario, policy }: PreparedJob, pace: number): Policy | undefined {
  const spec = pace === 1 ? undefined : specInForce(scenario, policy);
  if (spec === undefined) return policy.override ?? scenario.policy;
  return definePolicy(divided(spec, pace) as FullPolicySpec);
}

/** Every number whose name says that it is milliseconds. */
function divided(value: unknown, pace: number): unknown {
  if (Array.isArray(value)) return value.map((member) => divided(member, pace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      /Ms$/.test(name) && typeof member === 'number'
        ? Math.max(1, Math.ceil(member / pace))
        : divided(member, pace),
    ]),
  );
}
