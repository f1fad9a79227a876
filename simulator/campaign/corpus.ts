// The corpus of regressions: capsules of failures that were found once. Each must hold from the day it was mended, and
// is run first whenever its scenario is run.
//
// G1. A capsule whose first fault has nothing to strike any more proves nothing (K2): it is stale, and said to be.

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import type { RecordedViolation } from '../run-record.ts';
import type { FaultPlan, RunResult } from '../run-result.ts';
import { type Capsule, jobOf, readCapsule } from './capsule.ts';
import { CORPUS_FOLDER } from './defaults.ts';
import { fromErrorData, isUserError, toErrorData } from './error-data.ts';
import { type PreparedJob, prepare, runSeed } from './job.ts';
import { loadScenario, shownPath } from './load-scenario.ts';
import { capsuleCommand } from './replay-command.ts';

/** `holds`: as it should. `stale`: its first fault has nothing to strike any more (G1). `lost`: its scenario cannot be run. */
export type RegressionState = 'holds' | 'fails' | 'stale' | 'lost';

export interface Regression {
  /** Path of the pinned capsule, as people read it. */
  readonly file: string;
  readonly capsule: Capsule;
}

export interface CheckedRegression extends Regression {
  readonly state: RegressionState;
  /** Of `fails`: what it breaks; of `lost`: why it cannot be run. */
  readonly message?: string;
  readonly violation?: RecordedViolation;
}

/**
 * Pins a capsule; returns the path of the copy.
 *
 * @throws UserError when the file is no capsule, or `already-pinned`
 */
export function pin(path: string): string {
  readCapsule(path);
  const copy = join(CORPUS_FOLDER, basename(path));
  if (existsSync(copy)) {
    throw new UserError('already-pinned', `${copy} is there already`, 'See `sagastorm seeds list`.');
  }
  mkdirSync(CORPUS_FOLDER, { recursive: true });
  copyFileSync(path, copy);
  return shownPath(copy);
}

/**
 * Every capsule of the corpus, by name.
 *
 * @throws UserError `bad-json` or `bad-capsule` for a file that is none: nothing is passed over in silence
 */
export function pinned(): readonly Regression[] {
  if (!existsSync(CORPUS_FOLDER)) return [];
  return readdirSync(CORPUS_FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const file = join(CORPUS_FOLDER, name);
      return { file, capsule: readCapsule(file) };
    });
}

/** Those of the corpus that were made of the scenario in a file, and those of which nobody can say: they are lost. */
export async function pinnedFor({ file }: PreparedJob): Promise<readonly Regression[]> {
  const mine = await Promise.all(
    pinned().map(async (regression) => {
      const found = await loadScenario(regression.capsule.scenario).catch(onlyUserErrors);
      return found === undefined || found.file === file ? [regression] : [];
    }),
  );
  return mine.flat();
}

/**
 * Runs a regression in this thread: it is one small run.
 *
 * @throws UserError, or InternalError, that names the capsule when its run breaks off
 */
export async function check({ file, capsule }: Regression): Promise<CheckedRegression> {
  let lost = '';
  const prepared = await prepare(jobOf(capsule)).catch((error: unknown) => {
    lost = error instanceof Error ? error.message : String(error);
    return onlyUserErrors(error);
  });
  if (prepared === undefined) return { file, capsule, state: 'lost', message: lost };
  const { seed, plan } = capsule;
  const result = runPinned(prepared, { file, capsule });
  const [violation] = result.violations;
  if (violation === undefined && result.verdict === 'inconclusive') {
    return { file, capsule, state: 'lost', message: result.inconclusive ?? 'inconclusive' };
  }
  if (violation === undefined) {
    return { file, capsule, state: firstStruck(plan, result.plan) ? 'holds' : 'stale' };
  }
  const recorded: RecordedViolation = {
    ...violation,
    seed,
    capsule: shownPath(file),
    replay: capsuleCommand(file),
    runs: 1,
    pinned: true,
    faults: result.plan,
  };
  return {
    file,
    capsule,
    state: 'fails',
    message: `${violation.invariant}: ${violation.message}`,
    violation: recorded,
  };
}

function runPinned(prepared: PreparedJob, { file, capsule }: Regression): RunResult {
  const { seed, plan, only } = capsule;
  try {
    return runSeed(prepared, seed, { plan, ...(only === undefined ? {} : { only }) });
  } catch (error) {
    const { message, ...data } = toErrorData(error, { scenario: capsule.scenario, seed });
    throw fromErrorData({ ...data, message: `pinned ${file}: ${message}` });
  }
}

/** K2. What came after it may have nothing to strike because the bug is mended. */
export function firstStruck([planned]: FaultPlan, [struck]: FaultPlan): boolean {
  return planned === undefined || (struck?.kind === planned.kind && struck.at === planned.at);
}

/** Removes a regression from the corpus. */
export function unpin({ file }: Regression): void {
  rmSync(file);
}

function onlyUserErrors(error: unknown): undefined {
  if (!isUserError(error)) throw error;
}
