// From what is asked for to the record of a run for real: prepares the job, has it directed, audits what it left.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { UserError } from '../../engine/core/user-error.ts';
import { audit } from '../../simulator/audit/audit.ts';
import type { CampaignProgress } from '../../simulator/campaign/campaign-options.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import { type PreparedJob, prepare } from '../../simulator/campaign/job.ts';
import { runRecordOf } from '../../simulator/campaign/run-record-of.ts';
import { RunSummary } from '../../simulator/campaign/run-summary.ts';
import type { RecordedViolation, RunRecord } from '../../simulator/run-record.ts';
import type { FaultPlan, RunResult } from '../../simulator/run-result.ts';
import { isTimed } from '../../simulator/timed-participant.ts';
import { byKind } from '../../simulator/world/outcome.ts';
import { remark } from '../terminal.ts';
import { direct, type LiveOutcome } from './director.ts';
import { liveCommand, type Repeatable } from './live-command.ts';
import { liveInjector } from './live-faults.ts';
import { type LiveJob, type LiveStore, type PreparedLive, prepareLive } from './live-job.ts';

export interface LiveRunOptions extends Repeatable {
  /** Only these faults strike; without it, those that the profile draws. */
  readonly plan?: FaultPlan;
  /** The numbers of the sagas that are asked for; without it, all. */
  readonly only?: readonly number[];
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
  const asked = await prepare(options.job, 'live');
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

/** Nobody needs evidence of what went well. That it stays is no reason to lose the record. */
export async function forget({ folder, store }: Pick<LiveJob, 'folder' | 'store'>): Promise<void> {
  await remove(folder, () => rmSync(folder, { recursive: true, force: true }));
  if (store.kind === 'postgres') await remove(`the schema ${store.schema}`, () => dropSchema(store));
}

async function remove(what: string, act: () => void | Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    remark(`sagastorm: ${what} is no longer needed and could not be removed: ${why}\n`);
  }
}

async function dropSchema({ url, schema }: Extract<LiveStore, { kind: 'postgres' }>): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // what it breaks says so: the query, or it is done already
  try {
    await client.connect();
    await client.query(`DROP SCHEMA "${schema}" CASCADE`);
  } finally {
    await client.end();
  }
}

/** Unlike that of any other run, even if two begin at once. */
export function freshSchema(): string {
  return `live_${Date.now().toString(36)}_${randomBytes(4).toString('hex')}`;
}

/** @throws UserError `not-for-real` */
function refuseWhatIsSimulatedOnly({ scenario, sagas }: PreparedJob): void {
  const { variant, name } = scenario;
  const own = Object.entries(scenario.participants({ sagas })).find(([, one]) => isTimed(one));
  if (own !== undefined) {
    throw new UserError(
      'not-for-real',
      `scenario "${name}" starts the service "${own[0]}" inside of the simulator, so it cannot run for real`,
      'Run it in the simulator: `sagastorm run`.',
    );
  }
  const [client] = Object.keys(scenario.clients ?? {});
  if (client !== undefined) {
    throw new UserError(
      'not-for-real',
      `scenario "${name}" has a client of "${client}" that runs inside of the simulator, so it cannot run for real`,
      'Run it in the simulator: `sagastorm run`.',
    );
  }
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
      : { kind: 'postgres', url: databaseUrl, schema: freshSchema() };
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
  options: LiveRunOptions,
  run: PreparedLive,
  { evidence, inconclusive, kills: deaths, lives }: LiveOutcome,
  startedAt: Date,
): RunRecord {
  const { seed, pace } = options;
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
  const wallMs = Date.now() - startedAt.getTime();
  const record = runRecordOf({
    job: prepared,
    rootSeed: seed,
    summary,
    violations: violationsOf(result, liveCommand(options, prepared.sagas)),
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

/** The policy by its own name, and how much faster it was, if it was: see `pacedPolicy`. */
export function paced({ prepared, policy, live }: PreparedLive): PreparedJob {
  const own = prepared.policy.override ?? prepared.scenario.policy;
  if (policy === undefined || policy === own) return prepared;
  return { ...prepared, policy: { name: `${prepared.policy.name} ÷ ${live.pace}`, override: policy } };
}

function violationsOf({ violations, plan, seed }: RunResult, replay: string): readonly RecordedViolation[] {
  const alike = Map.groupBy(violations, ({ signature }) => signature);
  return [...alike.values()].map(([first]) => {
    const { saga } = first!;
    const faults = saga === undefined ? plan : plan.filter(({ at }) => /^[^/@#:]+/.exec(at)?.[0] === saga);
    return { ...first!, seed, replay, runs: 1, faults };
  });
}
