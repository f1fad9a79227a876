// Turns failures into what the record says of them: one entry each, with its capsule and the command that runs
// it again. The record has the faults that struck the saga concerned; the whole plan is in the capsule.

import type { RecordedViolation } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import { CAPSULE_SCHEMA, type Capsule, writeCapsule } from './capsule.ts';
import type { Job, PreparedJob } from './job.ts';
import { quoted, seedCommand } from './replay-command.ts';
import type { Failure } from './run-summary.ts';

/** Writes a capsule per failure, if there is a folder for them, and lists all. */
export function recordFailures(
  job: Job & { readonly out?: string },
  prepared: PreparedJob,
  failures: Iterable<Failure>,
): readonly RecordedViolation[] {
  const { out } = job;
  return [...failures].map((failure) => {
    const { violation, seed, runs } = failure;
    const capsule = out === undefined ? undefined : writeCapsule(out, capsuleOf(job, prepared, failure));
    const again = { ...job, sagas: prepared.sagas };
    return {
      ...violation,
      seed,
      ...(capsule === undefined ? {} : { capsule }),
      replay: capsule === undefined ? seedCommand(again, seed) : `npx sagastorm replay ${quoted(capsule)}`,
      runs,
      faults: faultsThatMatter(failure),
    };
  });
}

/** The faults that struck the saga concerned, or all of them when it is not one saga's failure. */
function faultsThatMatter({ violation: { saga }, plan }: Failure): FaultPlan {
  return saga === undefined ? plan : plan.filter(({ at }) => /^[^/@#]+/.exec(at)?.[0] === saga);
}

function capsuleOf(job: Job, prepared: PreparedJob, failure: Failure): Capsule {
  const { violation, seed, plan, fingerprint } = failure;
  return {
    schema: CAPSULE_SCHEMA,
    scenario: job.scenario,
    scenarioHash: prepared.hash,
    ...(job.saga === undefined ? {} : { saga: job.saga }),
    seed,
    sagas: prepared.sagas,
    profile: job.profile,
    ...(job.policy === undefined ? {} : { policy: job.policy }),
    violation,
    fingerprint,
    plan,
  };
}
