// The choreography of a saga: the same steps in the same order, by services that only know which events concern them.
//
// A step begins when those before it are applied. When a step is refused, or the transaction is cancelled, everybody hears of
// it: who has nothing to undo says so, and who has waits for those that came after (E3).

import type { SagaDefinition, StepDefinition } from '../core/define-saga.ts';
import { defineChoreography } from './choreography.ts';
import type { Choreography, Condition, Reaction } from './reaction.ts';

const STARTS = 'requested';
const CANCELLED = 'cancelled';

/**
 * Makes a choreography of a saga: the events of a step are `<step>-applied`, `<step>-failed` and `<step>-undone`.
 *
 * It can be cancelled when one service has the last word, which is the case with a pivot, or without retriable steps.
 *
 * @throws UserError as `defineChoreography` does
 * @example
 * const choreography = choreographyOf(transfer); // requested → debit-applied → credit-applied | credit-failed → debit-undone
 */
export function choreographyOf(saga: SagaDefinition): Choreography {
  const { steps } = saga;
  const pivot = steps.find(({ kind }) => kind === 'pivot');
  const isCancellable = pivot !== undefined || steps.every(({ kind }) => kind !== 'retriable');
  const failing = steps.filter(({ kind }) => kind !== 'retriable');
  const services = new Map<string, Reaction[]>();
  for (const step of steps) {
    const reactions = services.get(step.service) ?? [];
    reactions.push(forward(step, steps));
    if (step.kind !== 'retriable') reactions.push(undo(step, failing, isCancellable));
    services.set(step.service, reactions);
  }
  return defineChoreography({
    saga,
    starts: STARTS,
    ...(isCancellable ? { cancelledBy: CANCELLED } : {}),
    services: Object.fromEntries(services),
    completes: steps.map(appliedOf),
    cancels: failing.length === 0 ? [NEVER] : failing.map(settledOf),
  });
}

/** Met by nothing. */
const NEVER: readonly string[] = [];

function forward(step: StepDefinition, steps: readonly StepDefinition[]): Reaction {
  return {
    when: step.after.length === 0 ? [STARTS] : step.after.map((before) => appliedOf(steps[before]!)),
    does: step.name,
    applied: appliedOf(step),
    ...(step.kind === 'retriable' ? {} : { rejected: failedOf(step) }),
  };
}

/** When another is refused, or all is cancelled, and those that directly come after it are settled. */
function undo(step: StepDefinition, failing: readonly StepDefinition[], isCancellable: boolean): Reaction {
  const causes = [
    ...failing.filter((other) => other !== step).map(failedOf),
    ...(isCancellable ? [CANCELLED] : []),
  ];
  const after = failing.filter((other) => other.after.includes(step.index)).map(settledOf);
  const when: Condition = [causes, ...after];
  return { when, undoes: step.name, applied: undoneOf(step) };
}

function appliedOf({ name }: StepDefinition): string {
  return `${name}-applied`;
}

function failedOf({ name }: StepDefinition): string {
  return `${name}-failed`;
}

function undoneOf({ name }: StepDefinition): string {
  return `${name}-undone`;
}

/** Nothing stands of it. */
function settledOf(step: StepDefinition): readonly string[] {
  return [undoneOf(step), failedOf(step)];
}
