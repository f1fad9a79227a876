// E12 for countermeasures: a lock that nothing releases, a value that nobody read before, and so on, do not start.

import {
  type Countermeasure,
  isRecord,
  measureOf,
  type SemanticLock,
  WHEN_LOCKED,
} from './countermeasure.ts';
import { suggestion } from './nearest.ts';
import { checkMembers, type StepKind } from './step-shape.ts';
import { UserError } from './user-error.ts';

const MEMBERS: Readonly<Record<Countermeasure['kind'], readonly string[]>> = {
  'semantic-lock': ['kind', 'releasedBy', 'whenLocked'],
  'reread-value': ['kind', 'from'],
  'commutative-update': ['kind'],
  'version-file': ['kind', 'place'],
};
const KINDS = Object.keys(MEMBERS);

/** What a step is to those who check its countermeasures. */
interface CheckedStep {
  readonly index: number;
  readonly name: string;
  readonly service: string;
  readonly kind: StepKind;
  readonly hasEffects: boolean;
  readonly isolation: readonly Countermeasure[] | undefined;
  readonly ancestors: readonly number[];
}

/**
 * Looks at countermeasures as they were written, one step at a time.
 *
 * @throws UserError `bad-isolation`
 */
export function checkMeasures(
  where: string,
  measures: readonly Countermeasure[] | undefined,
): readonly Countermeasure[] | undefined {
  const taken = new Set<string>();
  for (const measure of (measures ?? []) as readonly unknown[]) {
    if (!isRecord(measure)) throw bad(`${where}: isolation must be an object with a kind, or a list of such`);
    const { kind, whenLocked, place } = measure;
    if (typeof kind !== 'string' || !KINDS.includes(kind)) {
      throw bad(
        `${where}: ${JSON.stringify(kind)} is no kind of isolation`,
        typeof kind === 'string' ? suggestion(kind, KINDS, 'Kinds') : `Kinds are: ${KINDS.join(', ')}.`,
      );
    }
    if (taken.has(kind)) throw bad(`${where}: ${kind} is there twice`);
    taken.add(kind);
    checkMembers(`${where}, ${kind}`, measure, MEMBERS[kind as Countermeasure['kind']], 'bad-isolation');
    if (whenLocked !== undefined && !WHEN_LOCKED.some((known) => known === whenLocked))
      throw bad(`${where}: whenLocked must be one of ${WHEN_LOCKED.join(', ')}`);
    if (kind === 'version-file' && typeof place !== 'function')
      throw bad(`${where}: the place in a version file must be a function that returns it`);
  }
  return measures;
}

/**
 * Looks at the countermeasures of a saga's steps together.
 *
 * @throws UserError `bad-isolation`; the message names the saga and the step
 */
export function checkIsolation(saga: string, steps: readonly CheckedStep[]): void {
  for (const step of steps) {
    const where = `saga "${saga}", step "${step.name}"`;
    const lock = measureOf(step, 'semantic-lock');
    if (lock !== undefined) checkLock(where, step, lock, steps);
    const reread = measureOf(step, 'reread-value');
    if (reread !== undefined) checkReread(where, step, reread.from, steps);
    const changes = measureOf(step, 'commutative-update') ?? measureOf(step, 'version-file');
    if (changes !== undefined && !step.hasEffects)
      throw bad(`${where}: it only looks, so ${changes.kind} says nothing of it`);
  }
}

/** The lock must be held for as long as the saga can be undone, and no longer (Garcia-Molina and Salem, 1987). */
function checkLock(
  where: string,
  step: CheckedStep,
  { releasedBy }: SemanticLock,
  steps: readonly CheckedStep[],
): void {
  if (step.kind !== 'compensatable' || !step.hasEffects) {
    const what = step.hasEffects ? `a ${step.kind} step is never undone` : 'it only looks';
    throw bad(`${where}: ${what}, so nobody would release a semantic lock of it`, 'Leave the lock out.');
  }
  const release = find(where, 'releasedBy', releasedBy, steps);
  if (release.service !== step.service)
    throw bad(`${where}: its lock is at "${step.service}", and "${releasedBy}" is at "${release.service}"`);
  if (!release.ancestors.includes(step.index))
    throw bad(
      `${where}: "${releasedBy}" releases its lock, and does not come after it`,
      afterHint(releasedBy, step),
    );
  if (release.kind === 'compensatable') {
    throw bad(
      `${where}: "${releasedBy}" releases its lock, and may still be undone: others would read what is taken back`,
      `Make "${releasedBy}" the pivot, or retriable.`,
    );
  }
}

function checkReread(where: string, step: CheckedStep, from: string, steps: readonly CheckedStep[]): void {
  const read = find(where, 'from', from, steps);
  if (read.service !== step.service)
    throw bad(`${where}: "${from}", whose value it reads again, is at another service, "${read.service}"`);
  if (!step.ancestors.includes(read.index))
    throw bad(
      `${where}: it reads again what "${from}" read, and does not come after it`,
      afterHint(step.name, read),
    );
}

function afterHint(later: string, { name }: CheckedStep): string {
  return `Add after: ["${name}"] to "${later}".`;
}

function find(where: string, member: string, name: unknown, steps: readonly CheckedStep[]): CheckedStep {
  const found = steps.find((step) => step.name === name);
  if (found !== undefined) return found;
  const names = steps.map((step) => step.name);
  const hint =
    typeof name === 'string' ? suggestion(name, names, 'Steps') : `Steps are: ${names.join(', ')}.`;
  throw bad(`${where}: ${member} names ${JSON.stringify(name)}, which is not a step`, hint);
}

function bad(message: string, hint?: string): UserError {
  return new UserError('bad-isolation', message, hint);
}
