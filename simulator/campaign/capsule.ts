// A capsule: one failed run in a file, with everything that runs it again.
//
// K1. The name is made from the run that it holds: the same failure writes the same file, however it was found.
// K2. A scenario may change after a capsule was written: mending a bug does that. The plan goes by points and not by times,
//     so it is run all the same. When its first fault has nothing to strike any more, that it holds proves nothing.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import type { PolicySpec } from '../../engine/policy/index.ts';
import { planFault } from '../faults/plan-fault.ts';
import type { Profile } from '../faults/profile.ts';
import { profiles } from '../faults/profile.ts';
import { PROTOCOLS, type Protocol } from '../protocol-names.ts';
import type { FaultPlan, Violation } from '../run-result.ts';
import { makeFolder, writeText } from './folder.ts';
import type { Job } from './job.ts';
import { readJson } from './json-file.ts';
import { shownPath } from './load-scenario.ts';
import type { ShrunkRun } from './shrink-run.ts';

const SAGAS_MAX = 10_000_000;
export const CAPSULE_SCHEMA = 'sagastorm/capsule@1';

export interface Capsule {
  readonly schema: typeof CAPSULE_SCHEMA;
  /** Name, or path relative to where the campaign ran. */
  readonly scenario: string;
  readonly scenarioHash: string;
  /** The saga given with `--saga`, as it stood in its file. */
  readonly saga?: unknown;
  readonly seed: string;
  readonly sagas: number;
  readonly profile: Profile['name'];
  /** Of the profile's rates; the plan goes by them already. */
  readonly faultPermille?: number;
  /** Left out: `saga`. */
  readonly protocol?: Protocol;
  /** All sagas begin at virtual time 0. */
  readonly atOnce?: boolean;
  /** As given with `--policy`; left out for the scenario's own. */
  readonly policy?: string;
  /** The policy written out, where it has no name. */
  readonly policySpec?: PolicySpec;
  /** The numbers of the sagas that come; left out: all. */
  readonly only?: readonly number[];
  /** Every fault of the run: these, and no others, strike again. */
  readonly plan: FaultPlan;
  /** Of a run that was made small: how, and whether it can be made smaller. */
  readonly shrunk?: Pick<ShrunkRun, 'isMinimal' | 'attempts' | 'from'>;
  readonly violation: Violation;
  /** Of the run. */
  readonly fingerprint: string;
}

/**
 * Writes a capsule under `<out>/failures/`; returns its path, relative to where the command runs.
 *
 * @throws UserError `cannot-write`
 */
export function writeCapsule(out: string, capsule: Capsule): string {
  const { shrunk: _, ...run } = capsule;
  const digest = createHash('sha256').update(JSON.stringify(run)).digest('hex').slice(0, 8); // K1
  const folder = join(out, 'failures');
  makeFolder(folder);
  const file = join(folder, `${capsule.violation.invariant}-${digest}.json`);
  writeText(file, `${JSON.stringify(capsule, undefined, 2)}\n`);
  return shownPath(file);
}

/**
 * Reads a capsule.
 *
 * @throws UserError `file-not-found`, `bad-json` or `bad-capsule`
 */
export function readCapsule(path: string): Capsule {
  const found = readJson(path, 'a capsule that `sagastorm run` wrote');
  const wrong = faultOf(found);
  if (wrong === undefined) return found as Capsule;
  throw new UserError(
    'bad-capsule',
    `${path} is not a capsule: ${wrong}`,
    'Capsules are the files that `sagastorm run` writes into .sagastorm/failures/.',
  );
}

/** The job that a capsule's run was one of. */
export function jobOf(capsule: Capsule): Job {
  const { scenario, saga, sagas, profile, protocol, policy, policySpec, atOnce, faultPermille } = capsule;
  return {
    scenario,
    sagas,
    profile,
    ...(faultPermille === undefined ? {} : { faultPermille }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(atOnce === undefined ? {} : { atOnce }),
    ...(saga === undefined ? {} : { saga }),
    ...(policy === undefined ? {} : { policy }),
    ...(policySpec === undefined ? {} : { policySpec }),
  };
}

/** What keeps a value from being a capsule, or undefined. */
function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it holds no JSON object';
  const capsule = value as Readonly<Record<string, unknown>>;
  if (capsule.schema !== CAPSULE_SCHEMA) return `its "schema" is not "${CAPSULE_SCHEMA}"`;
  for (const field of ['scenario', 'scenarioHash', 'seed', 'fingerprint']) {
    if (typeof capsule[field] !== 'string') return `"${field}" is not a text`;
  }
  const { sagas, profile, protocol, policy, plan, only, violation } = capsule;
  if (!isNumberBelow(sagas, SAGAS_MAX + 1) || sagas === 0)
    return '"sagas" is not a number from 1 to 10,000,000';
  if (typeof profile !== 'string' || !Object.hasOwn(profiles, profile)) return '"profile" is unknown';
  if (protocol !== undefined && !PROTOCOLS.includes(protocol as Protocol)) return '"protocol" is unknown';
  if (policy !== undefined && typeof policy !== 'string') return '"policy" is not a text';
  const wrong = planFault(plan);
  if (wrong !== undefined) return `"plan" ${wrong}`;
  if (
    only !== undefined &&
    !(Array.isArray(only) && only.length > 0 && only.every((n) => isNumberBelow(n, sagas as number)))
  ) {
    return '"only" is not a list of numbers of its sagas';
  }
  const { invariant, signature } = (violation ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof invariant !== 'string' || typeof signature !== 'string') return '"violation" is not a violation';
  return undefined;
}

function isNumberBelow(value: unknown, below: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < below;
}
