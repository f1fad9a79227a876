// Runs a failed run again, exactly, and keeps it event by event: what the debugger's page is made of.

import { dirname, resolve } from 'node:path';
import { DEBUG_RECORD_SCHEMA, type DebugRecord } from '../debug-record.ts';
import { sentence } from '../explore/story.ts';
import { INVARIANTS } from '../invariants/catalogue.ts';
import { NOTHING_THROWN } from '../invariants/nothing-thrown.ts';
import { describeInvariants } from '../invariants/own-invariants.ts';
import type { RunResult, Violation } from '../run-result.ts';
import { type Capsule, jobOf } from './capsule.ts';
import { seenRecord } from './debug-record-of.ts';
import { DebugRecorder } from './debug-recorder.ts';
import { type Job, type PreparedJob, prepare, type RunExtras, runSeed } from './job.ts';
import { capsuleCommand, seedCommand } from './replay-command.ts';
import { VERSION } from './source-tree.ts';
import { testText } from './test-file.ts';

/** A test names each saga that comes; more than this nobody reads. */
const SAGAS_IN_A_TEST_MAX = 100;

/**
 * The run of a capsule, which was read from `path`, event by event.
 *
 * @throws UserError as `replayCapsule`
 */
export async function debugCapsule(capsule: Capsule, path: string, eventsMax?: number): Promise<DebugRecord> {
  const { seed, plan, only, violation, fingerprint, shrunk } = capsule;
  const job = jobOf(capsule);
  const prepared = await prepare(job);
  const extras: RunExtras = { plan, ...(only === undefined ? {} : { only }) };
  const { recorder, result } = watched(prepared, seed, extras, violation.saga);
  const isMinimal = shrunk?.isMinimal === true && result.fingerprint === fingerprint;
  const seen = seenRecord(recorder, {
    plan: result.plan,
    isMinimal,
    isIt: (said) => isSame(said, violation),
    ...(eventsMax === undefined ? {} : { eventsMax }),
  });
  const again = result.violations.some(({ signature }) => signature === violation.signature);
  const same = result.violations.find((other) => isSame(other, violation)) ?? result.violations[0];
  const folder = dirname(resolve(path));
  return {
    ...headOf(job, prepared, seed, result),
    reproduced: result.fingerprint === fingerprint ? 'exact' : again ? 'similar' : 'none',
    sentence: sentenceOf(same, result, only ?? numbersTo(prepared.sagas), shrunk !== undefined),
    replay: capsuleCommand(path),
    ...testOf(job, prepared, seed, result, only, same, folder),
    ...seen,
  };
}

/**
 * One seed of a job, event by event.
 *
 * @throws UserError as `replaySeed`
 */
export async function debugSeed(job: Job, seed: string, eventsMax?: number): Promise<DebugRecord> {
  const prepared = await prepare(job);
  const { violations } = runSeed(prepared, seed, {});
  const { recorder, result } = watched(prepared, seed, {}, violations[0]?.saga);
  const seen = seenRecord(recorder, {
    plan: result.plan,
    isMinimal: false,
    isIt: () => true,
    ...(eventsMax === undefined ? {} : { eventsMax }),
  });
  return {
    ...headOf(job, prepared, seed, result),
    sentence: sentenceOf(result.violations[0], result, numbersTo(prepared.sagas), false),
    replay: seedCommand({ ...job, sagas: prepared.sagas }, seed),
    ...testOf(job, prepared, seed, result, undefined, result.violations[0], process.cwd()),
    ...seen,
  };
}

/** Runs it with the recorder beside every part. */
function watched(
  prepared: PreparedJob,
  seed: string,
  extras: RunExtras,
  saga: string | undefined,
): { readonly recorder: DebugRecorder; readonly result: RunResult } {
  const { scenario, sagas } = prepared;
  const services = Object.keys(scenario.participants({ sagas }));
  const recorder = new DebugRecorder(scenario.orchestrators, services, saga);
  const observed: PreparedJob = {
    ...prepared,
    scenario: {
      ...scenario,
      invariants: [...scenario.invariants, recorder.watcher],
      variant: { ...scenario.variant, engine: recorder.engines.heard(scenario.variant?.engine) },
    },
  };
  const { visit, onViolation } = recorder;
  const result = runSeed(observed, seed, { ...extras, trace: recorder, visit, onViolation });
  recorder.over();
  return { recorder, result };
}

function headOf(job: Job, { scenario, policy, sagas }: PreparedJob, seed: string, result: RunResult) {
  const exercised = new Set(result.invariantsExercised);
  const violated = new Set(result.violations.map(({ invariant }) => invariant));
  const own = describeInvariants(scenario.invariants, scenario.participants({ sagas }));
  const stateOf = (id: string): DebugRecord['invariants'][number]['state'] =>
    violated.has(id) ? 'violated' : exercised.has(id) ? 'held' : 'not-exercised';
  return {
    schema: DEBUG_RECORD_SCHEMA,
    scenario: scenario.name,
    title: scenario.title,
    version: VERSION,
    seed,
    profile: job.profile,
    policy: policy.name,
    fingerprint: result.fingerprint,
    invariants: [...INVARIANTS, ...(violated.has(NOTHING_THROWN.id) ? [NOTHING_THROWN] : []), ...own].map(
      ({ id, statement }) => ({ id, statement, state: stateOf(id) }),
    ),
  } as const;
}

function isSame(one: Pick<Violation, 'invariant' | 'saga' | 'atUs'>, other: Violation): boolean {
  return one.invariant === other.invariant && one.saga === other.saga && one.atUs === other.atUs;
}

function sentenceOf(
  violation: Violation | undefined,
  { plan }: RunResult,
  only: readonly number[],
  isSmall: boolean,
): string {
  if (violation === undefined) return 'Every invariant held.';
  if (isSmall) return sentence(violation, plan, only);
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  const run = `${count(only.length, 'saga')} and ${count(plan.length, 'fault')}`;
  return `In a run of ${run}, ${violation.invariant} is broken: ${violation.message}.`;
}

/** None is made for a saga that came from a JSON file: it has no module to import. */
function testOf(
  job: Job,
  prepared: PreparedJob,
  seed: string,
  { plan }: RunResult,
  only: readonly number[] | undefined,
  violation: Violation | undefined,
  folder: string,
): Pick<DebugRecord, 'test'> {
  const sagas = only ?? numbersTo(prepared.sagas);
  if (job.saga !== undefined || violation === undefined || sagas.length > SAGAS_IN_A_TEST_MAX) return {};
  return { test: testText(job, prepared, seed, { only: sagas, plan, violation }, folder) };
}

function numbersTo(end: number): readonly number[] {
  return Array.from({ length: end }, (_, i) => i);
}
