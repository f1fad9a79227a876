// Two-phase commit as a saga: its first steps prepare, and the retriable ones that follow them commit.
//
// Nothing else is needed, for what a coordinator must do a saga's engine does already. The decision is durable before
// anybody hears of it: with the first intention of a commit the saga is committed (E1, E8). A prepare whose answer is lost is
// rolled back under its key, which leaves a tombstone (E2, F3): presumed abort, Mohan, Lindsay and Obermarck 1986. What was
// decided is told again until it is heard (E9), and a coordinator that was replaced is fenced (E10).

import { defineSaga, type SagaDefinition, type StepDefinition, type StepSpec } from '../core/define-saga.ts';
import { UserError } from '../core/user-error.ts';
import { COMMIT_PREPARED, prepareOf, rollbackOf } from './resource-manager.ts';

type AnyStep = StepSpec<unknown>;

/** The step that commits what `step` prepared. */
export function commitStepOf(step: string): string {
  return `${step}-commit`;
}

/** Whether a definition is one that {@link twoPhaseCommit} made. */
export function isTwoPhase({ steps }: SagaDefinition): boolean {
  return steps.some(({ action }) => action === COMMIT_PREPARED);
}

/** Whether a step is prepared and committed; any other happens at once, as in the saga. */
function isPrepared({ kind, hasEffects }: StepDefinition): boolean {
  return kind === 'compensatable' && hasEffects;
}

/**
 * The same transaction under two-phase commit: each compensatable step is prepared (done, and locked until the decision), and
 * when all are, and a pivot, if there is one, is applied, each is committed. If one cannot be prepared, all are rolled back.
 * Each participant is put behind a `ResourceManager`.
 *
 * A step that only looks, a pivot and a retriable step stay what they are. A pivot is the last agent, whose own commit is
 * the decision (Gray, Notes on Data Base Operating Systems, 1978).
 *
 * @throws UserError `bad-name` when a step has the name that the commit of another would have; besides, as `defineSaga`
 * does: with more steps the retries may no longer fit in the deadline
 * @example
 * twoPhaseCommit(transfer); // "transfer-2pc" with the steps debit, credit, debit-commit, credit-commit
 */
export function twoPhaseCommit(definition: SagaDefinition): SagaDefinition {
  const { name, version, input, deadlineUs, policy, steps } = definition;
  const voting = steps.filter(({ kind }) => kind !== 'retriable').map((step) => step.name);
  const firstPhase = steps.map((step): [string, AnyStep] => [step.name, specOf(step, steps)]);
  const secondPhase = steps
    .filter(isPrepared)
    .map((step): [string, AnyStep] => [commitStepOf(step.name), commitOf(step, voting)]);
  const taken = secondPhase.find(([commit]) => steps.some((step) => step.name === commit));
  if (taken !== undefined) {
    throw new UserError(
      'bad-name',
      `saga "${name}": "${taken[0]}" is what two-phase commit calls the second phase of a step`,
      'Give that step another name.',
    );
  }
  return defineSaga<unknown, string>({
    name: `${name}-2pc`,
    version,
    ...(input === undefined ? {} : { input }),
    ...(deadlineUs === undefined ? {} : { deadlineMs: deadlineUs / 1_000 }),
    ...(policy === undefined ? {} : { policy }),
    steps: Object.fromEntries([...firstPhase, ...secondPhase]),
  });
}

/** A step of the first phase, or one that stays what it is. */
function specOf(step: StepDefinition, steps: readonly StepDefinition[]): AnyStep {
  const { service, action, compensation, kind, hasEffects, payload, compensationPayload } = step;
  return {
    service,
    action: isPrepared(step) ? prepareOf(action) : action,
    kind,
    payload,
    compensationPayload,
    after: step.after.map((index) => steps[index]!.name),
    ...(compensation === undefined ? {} : { compensation: rollbackOf(compensation) }),
    ...(hasEffects ? {} : { effects: 'none' }),
    ...limitsOf(step),
  };
}

function commitOf(step: StepDefinition, voting: readonly string[]): AnyStep {
  return {
    service: step.service,
    action: COMMIT_PREPARED,
    kind: 'retriable',
    after: voting,
    payload: () => ({ prepared: step.name }),
    ...limitsOf(step),
  };
}

function limitsOf({ timeoutUs, attemptsMax }: StepDefinition): Pick<AnyStep, 'timeoutMs' | 'attemptsMax'> {
  return {
    ...(timeoutUs === undefined ? {} : { timeoutMs: timeoutUs / 1_000 }),
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
  };
}
