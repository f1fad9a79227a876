// What every process of a run for real is told when it begins, and what it makes of it.

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { definePolicy, type FullPolicySpec } from '../../engine/policy/index.ts';
import { type Job, type PreparedJob, prepare } from '../../simulator/campaign/job.ts';
import { specInForce } from '../../simulator/campaign/policy-choice.ts';
import { Seed } from '../../simulator/kernel/random.ts';
import type { FaultPlan } from '../../simulator/run-result.ts';
import { Starts } from '../../simulator/world/starts.ts';
import { injectorOf } from './live-injector.ts';

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
  /** What the client of saga `index` asks for, which may be what another asks for (hot-key). */
  readonly definitionOf: (index: number) => SagaDefinition;
}

/** @throws UserError when the scenario, the saga or the policy is wrong */
export async function prepareLive(live: LiveJob): Promise<PreparedLive> {
  const prepared = await prepare(live.job, 'live');
  const { scenario } = prepared;
  return {
    live,
    prepared,
    policy: pacedPolicy(prepared, live.pace),
    definitions: scenario.sagas,
    definitionOf: definitionsOf(live, prepared),
  };
}

function definitionsOf(
  { seed: text, plan }: LiveJob,
  { scenario, profile, sagas }: PreparedJob,
): (index: number) => SagaDefinition {
  const seed = new Seed(text);
  const injector = injectorOf({ seed, plan, profile, sagas, stepName: () => '' });
  const starts = new Starts(scenario, seed, injector, sagas, Number.MAX_SAFE_INTEGER);
  const known = new Map<number, SagaDefinition>();
  return (index) => {
    const definition = known.get(index) ?? starts.ask(index, 0).start.saga;
    known.set(index, definition);
    return definition;
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
