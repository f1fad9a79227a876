// Turns failures into what the record says of them: one entry each, with its capsule and the command that runs it
// again. A failure that was made small is told as the small run; the others with the faults that struck their saga.

import { assert } from '../../engine/core/assert.ts';
import { milderParams } from '../explore/shrink.ts';
import { faultWords, sentence } from '../explore/story.ts';
import { NOTHING_THROWN } from '../invariants/nothing-thrown.ts';
import type { RecordedViolation, ShrunkFailure } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import { placeIn } from '../thrown-place.ts';
import { CAPSULE_SCHEMA, type Capsule, writeCapsule } from './capsule.ts';
import type { Job, PreparedJob } from './job.ts';
import { capsuleCommand, seedCommand } from './replay-command.ts';
import type { Failure } from './run-summary.ts';
import type { ShrinkOutcomes } from './shrink-failures.ts';
import type { ShrunkRun } from './shrink-run.ts';

/**
 * Writes a capsule per failure, if there is a folder for them, and lists all: the smallest runs first, since they explain most.
 *
 * Failures whose small runs have the same faults at the same points, whichever saga they strike, are one: the first of them,
 * with what the others break, too. Those that break the same in the same words as a small one, and could not be made as small
 * themselves, are only counted: they are likely the same bug, which more faults than one can bring about.
 */
export function recordFailures(
  job: Job & { readonly out?: string },
  prepared: PreparedJob,
  failures: Iterable<Failure>,
  outcomes: ShrinkOutcomes,
): readonly RecordedViolation[] {
  const shrunkOf = ({ violation }: Failure): ShrunkRun | undefined => {
    const outcome = outcomes.get(violation.signature);
    return outcome?.kind === 'shrunk' ? outcome.run : undefined;
  };
  const causes = Map.groupBy(
    failures,
    (failure) => causeOf(shrunkOf(failure)) ?? failure.violation.signature,
  );
  const bySize = [...causes.values()].sort((a, b) => sizeOf(shrunkOf(a[0]!)) - sizeOf(shrunkOf(b[0]!)));
  const told = Map.groupBy(bySize, ([first]) => wordsOf(first!, shrunkOf(first!)));
  const isTold = (group: Failure[]): boolean => {
    const [first] = group as [Failure];
    const [smallest] = told.get(wordsOf(first, shrunkOf(first)))!;
    return isSmall(shrunkOf(first)) || group === smallest;
  };
  return bySize.filter(isTold).map((alike) => {
    const [failure] = alike as [Failure];
    const likely = told.get(wordsOf(failure, shrunkOf(failure)))!;
    const others = likely[0] === alike ? likely.filter((group) => !isTold(group)).length : 0;
    const { seed } = failure;
    const shrunk = shrunkOf(failure);
    const outcome = outcomes.get(failure.violation.signature);
    const capsule =
      job.out === undefined ? undefined : writeCapsule(job.out, capsuleOf(job, prepared, failure, shrunk));
    const again = { ...job, sagas: prepared.sagas };
    const violation = shrunk?.violation ?? failure.violation;
    const invariants = new Set(alike.map((other) => other.violation.invariant));
    invariants.delete(violation.invariant);
    const place = violation.invariant === NOTHING_THROWN.id ? placeIn(violation.message) : undefined;
    return {
      ...violation,
      seed,
      ...(place === undefined ? {} : { place }),
      ...(capsule === undefined ? {} : { capsule }),
      replay: capsule === undefined ? seedCommand(again, seed) : capsuleCommand(capsule),
      runs: Math.max(...alike.map(({ runs }) => runs)),
      faults: shrunk?.plan ?? faultsThatMatter(failure),
      ...(shrunk === undefined ? {} : { shrunk: toldOf(shrunk) }),
      ...(outcome?.kind === 'left' ? { notShrunk: outcome.why } : {}),
      ...(invariants.size === 0 ? {} : { also: [...invariants] }),
      ...(others === 0 ? {} : { alike: others }),
    };
  });
}

function isSmall(shrunk: ShrunkRun | undefined): boolean {
  return shrunk?.isMinimal === true;
}

function sizeOf(shrunk: ShrunkRun | undefined): number {
  return isSmall(shrunk) ? shrunk!.plan.length : Number.MAX_SAFE_INTEGER;
}

/** What a failure breaks, in its own words. */
function wordsOf({ violation }: Failure, shrunk: ShrunkRun | undefined): string {
  const { invariant, message, signature } = shrunk?.violation ?? violation;
  const [, definition] = signature.split(':');
  return JSON.stringify([invariant, definition, message]);
}

/**
 * The faults of a small run and where they strike, whichever the saga; of one that could be smaller, the run itself. Undefined
 * when there is nothing to compare.
 */
function causeOf(shrunk: ShrunkRun | undefined): string | undefined {
  if (shrunk === undefined || shrunk.plan.length === 0) return undefined;
  if (!shrunk.isMinimal) return JSON.stringify([shrunk.only, shrunk.plan]);
  const [, definition] = shrunk.violation.signature.split(':');
  return JSON.stringify([
    definition,
    ...shrunk.plan.map(({ kind, at }) => [kind, at.replace(/^s-\d+/, '*')]),
  ]);
}

/** Where the capsule of a violation was written; there is one when there was a folder for it. */
export function capsulePath({ capsule }: RecordedViolation): string {
  assert(capsule !== undefined, 'a violation without a capsule');
  return capsule;
}

/** The faults that struck the saga concerned, or all of them when it is not one saga's failure. */
function faultsThatMatter({ violation: { saga }, plan }: Failure): FaultPlan {
  return saga === undefined ? plan : plan.filter(({ at }) => /^[^/@#:]+/.exec(at)?.[0] === saga);
}

/** A small run as the record tells it. */
function toldOf({ violation, plan, only, isMinimal, attempts, events, from }: ShrunkRun): ShrunkFailure {
  return {
    sentence: sentence(violation, plan, only),
    faults: plan.map(faultWords),
    marks: plan.map((fault) => ({
      isNecessary: isMinimal,
      needsItsParameters: isMinimal && milderParams(fault).length > 0,
    })),
    sagas: only.length,
    events,
    from,
    isMinimal,
    attempts,
  };
}

/** A capsule of a failure: of the small run, when there is one. */
export function capsuleOf(
  job: Job,
  prepared: PreparedJob,
  { seed, ...failure }: Pick<Failure, 'violation' | 'seed' | 'plan' | 'fingerprint'>,
  shrunk?: ShrunkRun,
): Capsule {
  const { violation, plan, fingerprint } = shrunk ?? failure;
  const small =
    shrunk === undefined
      ? {}
      : {
          only: shrunk.only,
          shrunk: { isMinimal: shrunk.isMinimal, attempts: shrunk.attempts, from: shrunk.from },
        };
  return {
    schema: CAPSULE_SCHEMA,
    scenario: job.scenario,
    scenarioHash: prepared.hash,
    ...(job.saga === undefined ? {} : { saga: job.saga }),
    seed,
    sagas: prepared.sagas,
    profile: job.profile,
    ...(job.faultPermille === undefined ? {} : { faultPermille: job.faultPermille }),
    ...(job.protocol === undefined ? {} : { protocol: job.protocol }),
    ...(job.atOnce === undefined ? {} : { atOnce: job.atOnce }),
    ...policyOf(job, prepared),
    violation,
    fingerprint,
    ...small,
    plan,
  };
}

/** A policy from a file stands in the capsule: the file may change. */
function policyOf(job: Job, { policy: { spec } }: PreparedJob): Pick<Capsule, 'policy' | 'policySpec'> {
  if (spec !== undefined) return { policySpec: spec };
  return job.policy === undefined ? {} : { policy: job.policy };
}
