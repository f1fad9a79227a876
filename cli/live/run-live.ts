// From what is asked for to the record of a run for real: prepares the job, has it directed, audits what it left.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { UserError } from '../../engine/core/user-error.ts';
import { audit } from '../../simulator/audit/audit.ts';
import {
  type CampaignProgress,
  type Job,
  makeFolder,
  type PreparedJob,
  prepare,
  quoted,
} from '../../simulator/campaign/index.ts';
import { thisProgram } from '../../simulator/campaign/replay-command.ts';
import { runRecordOf } from '../../simulator/campaign/run-record-of.ts';
import { RunSummary } from '../../simulator/campaign/run-summary.ts';
import type { RecordedViolation, RunRecord } from '../../simulator/run-record.ts';
import type { FaultPlan, RunResult } from '../../simulator/run-result.ts';
import { byKind } from '../../simulator/world/outcome.ts';
import { direct, type LiveOutcome } from './director.ts';
import { liveInjector } from './live-faults.ts';
import { type LiveJob, type LiveStore, type PreparedLive, pacedPolicy, prepareLive } from './live-job.ts';

export interface LiveRunOptions {
  readonly job: Job;
  readonly seed: string;
  /** Only these faults strike; without it, those that the profile draws. */
  readonly plan?: FaultPlan;
  /** The numbers of the sagas that are asked for; without it, all. */
  readonly only?: readonly number[];
  /** The address of a database; without it, sagas are kept in a SQLite file. */
  readonly databaseUrl?: string;
  readonly orchestrators?: number;
  readonly stormMs: number;
  readonly kills: number;
  readonly pace: number;
  readonly leaseMs: number;
  /** Results and evidence go below this folder. */
  readonly out: string;
  readonly signal?: AbortSignal;
  onProgress?(progress: CampaignProgress): void;
}

/** Enough that one can be killed and another takes its place. */
const ORCHESTRATORS = { sqlite: 2, postgres: 3 } as const;

/**
 * Runs a scenario for real.
 *
 * @throws UserError when the scenario, its saga or its policy is wrong; `store-unreachable`; `cannot-write`
 */
export async function runLive(options: LiveRunOptions): Promise<RunRecord> {
  const asked = await prepare(options.job);
  refuseWhatIsSimulatedOnly(asked);
  const folder = folderFor(options.out, asked.scenario.name);
  const run = await prepareLive(liveJob(options, folder));
  const startedAt = new Date();
  const outcome = await direct({
    run,
    stormMs: options.stormMs,
    kills: options.kills,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onProgress: (done, total) => options.onProgress?.({ phase: 'runs', unit: 'sagas', done, total }),
  });
  const record = recordOf(options, run, outcome, startedAt);
  if (record.verdict === 'held') await forget(run.live);
  return record;
}

/** Nobody needs evidence of what went well. */
async function forget({ folder, store }: LiveJob): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  if (store.kind === 'sqlite') return;
  const client = new Client({ connectionString: store.url });
  await client.connect();
  await client.query(`DROP SCHEMA "${store.schema}" CASCADE`).finally(() => client.end());
}

/** @throws UserError `not-for-real` */
function refuseWhatIsSimulatedOnly({ scenario }: PreparedJob): void {
  const { variant, name } = scenario;
  if (Object.values(variant).every((part) => part === undefined)) return;
  throw new UserError(
    'not-for-real',
    `scenario "${name}" puts another engine or store in the place of sagastorm's own, so it cannot run for real`,
    'Run it in the simulator: `sagastorm run`.',
  );
}

function folderFor(out: string, scenario: string): string {
  const all = join(out, 'live');
  makeFolder(all);
  return mkdtempSync(join(all, `${scenario}-`));
}

function liveJob(options: LiveRunOptions, folder: string): LiveJob {
  const { job, seed, plan, only, databaseUrl, orchestrators, pace, leaseMs } = options;
  const store: LiveStore =
    databaseUrl === undefined
      ? { kind: 'sqlite', file: join(folder, 'sagas.db') }
      : { kind: 'postgres', url: databaseUrl, schema: `live_${Date.now().toString(36)}` };
  return {
    job,
    seed,
    pace,
    folder,
    store,
    orchestrators: orchestrators ?? ORCHESTRATORS[store.kind],
    leaseMs,
    isHealed: false,
    services: {},
    ...(plan === undefined ? {} : { plan }),
    ...(only === undefined ? {} : { only }),
  };
}

function recordOf(
  { job, seed, stormMs, kills, pace }: LiveRunOptions,
  run: PreparedLive,
  { evidence, inconclusive, kills: deaths, lives }: LiveOutcome,
  startedAt: Date,
): RunRecord {
  const prepared = paced(run);
  const result = audit(evidence, {
    scenario: prepared.scenario,
    policy: run.policy,
    seed,
    faultsEnabled: byKind(liveInjector(run).enabledPpm),
    ...(inconclusive === undefined ? {} : { inconclusive }),
  });
  const summary = new RunSummary();
  summary.addRun(result);
  const { store, orchestrators, folder } = run.live;
  const again = [
    `${thisProgram()} live ${quoted(job.scenario)} --seed ${quoted(seed)} --sagas ${prepared.sagas}`,
    `--profile ${job.profile} --kills ${kills} --seconds ${stormMs / 1_000} --pace ${pace}`,
  ].join(' ');
  const wallMs = Date.now() - startedAt.getTime();
  const record = runRecordOf({
    job: prepared,
    rootSeed: seed,
    summary,
    violations: violationsOf(result, again),
    determinism: { checked: 0, equal: 0 },
    strict: false,
    judgesPromises: false,
    meta: {
      wallMs,
      eventsPerSecond: Math.round((summary.events * 1_000) / wallMs),
      sagasPerSecond: Math.round((result.sagas.started * 1_000) / wallMs),
      startedAt: startedAt.toISOString(),
      workers: orchestrators,
    },
  });
  const live = { store: store.kind, orchestrators, pace, kills: deaths, lives, evidence: folder };
  const healAtUs = evidence.healedAtUs - evidence.beganAtUs;
  return { ...record, timeline: { ...record.timeline!, healAtUs }, live };
}

/** The policy by its own name, and how much faster it was. */
function paced({ prepared, live }: PreparedLive): PreparedJob {
  const override = pacedPolicy(prepared, live.pace);
  if (override === undefined || live.pace === 1) return prepared;
  return { ...prepared, policy: { name: `${prepared.policy.name} ÷ ${live.pace}`, override } };
}

function violationsOf({ violations, plan, seed }: RunResult, replay: string): readonly RecordedViolation[] {
  const alike = Map.groupBy(violations, ({ signature }) => signature);
  return [...alike.values()].map(([first]) => {
    const { saga } = first!;
    const faults = saga === undefined ? plan : plan.filter(({ at }) => /^[^/@#:]+/.exec(at)?.[0] === saga);
    return { ...first!, seed, replay, runs: 1, faults };
  });
}
