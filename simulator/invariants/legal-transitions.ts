// Which event may follow which state: the state machine of a saga written a second time, as a table, so that the
// engine's own code is not its only witness.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import {
  type ActRecord,
  evolve,
  hasSkipped,
  initialState,
  type SagaEvent,
  type SagaState,
  type SagaStatus,
  type StepStatus,
} from '../../engine/core/saga.ts';

/** When an event may come: while the saga stands here and, where it is about a step, the step stands there. */
interface Rule {
  readonly saga: readonly SagaStatus[];
  readonly step?: readonly StepStatus[];
}

const UNDER_WAY: readonly StepStatus[] = ['running', 'retrying'];

const RULES: Readonly<Record<SagaEvent['kind'], Rule>> = {
  'saga-created': { saga: ['created'] },
  'step-requested': { saga: ['created', 'running'], step: ['pending'] },
  'step-applied': { saga: ['running'], step: UNDER_WAY },
  'step-retry-scheduled': { saga: ['running'], step: UNDER_WAY },
  'step-rejected': { saga: ['running'], step: UNDER_WAY },
  'step-left-unknown': { saga: ['running'], step: UNDER_WAY },
  'stop-requested': { saga: ['created', 'running'] },
  'compensation-started': { saga: ['running'] },
  'compensation-requested': { saga: ['compensating'], step: ['applied', 'unknown'] },
  'compensation-retry-scheduled': { saga: ['compensating'], step: ['compensating'] },
  'step-compensated': { saga: ['compensating'], step: ['compensating'] },
  'step-compensation-failed': { saga: ['compensating'], step: ['compensating'] },
  'saga-completed': { saga: ['running'] },
  'saga-compensated': { saga: ['compensating'] },
  'saga-failed': { saga: ['created', 'running'] },
  'saga-compensation-failed': { saga: ['compensating'] },
  'step-skipped': {
    saga: ['running', 'compensating', 'compensation_failed'],
    step: [...UNDER_WAY, 'compensating', 'compensation_failed'],
  },
  'saga-resolved': { saga: ['created', 'running', 'compensating', 'compensation_failed'] },
  'compensation-resumed': { saga: ['compensation_failed'] },
  'saga-retried': { saga: ['failed', 'compensated'] },
};
const ruleOf = new Map(Object.entries(RULES));

/** The state that a log folds to, and the first event that was not allowed, in words. */
export interface Folded {
  readonly state: SagaState;
  readonly illegal: string | undefined;
}

/** Folds a log and looks at every transition. */
export function foldChecked(definition: SagaDefinition, saga: string, log: readonly SagaEvent[]): Folded {
  const state = initialState(definition, saga);
  let illegal: string | undefined;
  for (const event of log) {
    const reason = illegal === undefined ? refusal(state, event) : undefined;
    if (reason !== undefined) illegal = `version ${state.version + 1}: ${event.kind} ${reason}`;
    evolve(state, event);
  }
  return { state, illegal };
}

function refusal(state: SagaState, event: SagaEvent): string | undefined {
  const { kind } = event;
  if ((state.version === 0) !== (kind === 'saga-created')) return 'is not how a log begins';
  const rule = ruleOf.get(kind);
  if (rule === undefined) return 'is no event of a saga';
  if (!has(rule.saga, state.status)) return `came while the saga was ${state.status}`;
  const byHand = refusalByHand(state, event);
  if (byHand !== undefined) return byHand;
  if (rule.step === undefined) return undefined;
  const { step } = event as Extract<SagaEvent, { readonly step: string }>;
  const index = stepIndexOf(state.definition, step);
  if (index < 0) return `names "${step}", which is no step`;
  const { status } = state.steps[index]!;
  return has(rule.step, status) ? undefined : `came while step "${step}" was ${status}`;
}

const BY_HAND = new Set([
  'stop-requested',
  'compensation-resumed',
  'saga-retried',
  'step-skipped',
  'saga-resolved',
]);

/** What people did: each act once, for a reason where the engine claims less after it, and never passed over at the end. */
function refusalByHand(state: SagaState, event: SagaEvent): string | undefined {
  const { acts, steps, definition } = state;
  const { kind } = event;
  if ((kind === 'saga-completed' || kind === 'saga-compensated') && hasSkipped(state)) {
    return 'came though a person had skipped a step';
  }
  const isRedriven = kind === 'step-retry-scheduled' && event.redriven === true;
  if (isRedriven && definition.flow === undefined) return 'delivers again what is no delivery';
  const { act } = event as { readonly act?: ActRecord };
  if (act === undefined) {
    if (kind === 'saga-resolved' && !hasSkipped(state)) return 'is of nobody, and no step was skipped';
    return kind === 'step-skipped' ? 'is of nobody' : undefined;
  }
  if (!BY_HAND.has(kind) && !isRedriven) return 'is not done by hand';
  if (wasDone(acts, act)) return `is the act "${act.id}", which was done before`;
  if (act.by === '') return 'does not say who did it';
  if (kind !== 'step-skipped' && kind !== 'saga-resolved') return undefined;
  if (act.why === undefined || act.why === '') return 'does not say why';
  if (kind === 'saga-resolved') return undefined;
  const index = stepIndexOf(definition, event.step);
  if (index < 0) return undefined;
  const isForward = has(UNDER_WAY, steps[index]!.status);
  if (isForward && definition.steps[index]!.kind !== 'retriable') return 'skips a step that can be undone';
  return isForward === (event.direction === 'forward')
    ? undefined
    : `skips the other direction of "${event.step}"`;
}

/** Apart, because a closure costs its surroundings an allocation, used or not. */
function wasDone(acts: SagaState['acts'], act: ActRecord): boolean {
  return acts.some(({ id }) => id === act.id);
}

/** These lists are so short that a loop beats `includes`. */
function has<T>(list: readonly T[], value: T): boolean {
  for (const known of list) if (known === value) return true;
  return false;
}
