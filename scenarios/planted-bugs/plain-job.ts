// What the plain engine has in memory of one saga, and how it makes what it sends.

import {
  type AppendOutput,
  type Call,
  type Command,
  type OrchestratorInput,
  type Outcome,
  type PendingCall,
  payloadHash,
  type SagaState,
  type StepDefinition,
} from '../../engine/index.ts';

/** No time: nothing is due. */
export const NEVER = Number.POSITIVE_INFINITY;

/** When a call that may not leave is looked at again. */
export const HOLD_US = 5_000_000;
export const NO_ANSWER: Outcome = { kind: 'unknown', failure: 'timeout', reason: 'no answer in time' };

export interface Job {
  readonly saga: string;
  /** Undefined until its log was loaded. */
  state: SagaState | undefined;
  /** The append under way; the state is ahead by its events. */
  append: AppendOutput | undefined;
  /** When the store is asked again, and for what. */
  storeDueAtUs: number;
  storeNext: 'append' | 'load';
  /** The number of the load that is waited for, or 0. */
  load: number;
  /** The last call of each step that left, and until when its answer is waited for. */
  readonly sent: Map<string, { readonly call: Call; readonly untilUs: number }>;
  /** Calls that may not leave are not looked at before this time. */
  heldUntilUs: number;
  /** What came while an append was under way. */
  inbox: OrchestratorInput[];
  /** The wish that the append under way carries out. */
  wish: Command | undefined;
  /** Who else waits for it to be durable. */
  requests: string[];
}

export function newJob(saga: string, state: SagaState | undefined): Job {
  return {
    saga,
    state,
    append: undefined,
    storeDueAtUs: NEVER,
    storeNext: 'load',
    load: 0,
    sent: new Map(),
    heldUntilUs: 0,
    inbox: [],
    wish: undefined,
    requests: [],
  };
}

/** The call that `due` asks for: the same state gives the same call (E4). */
export function callOf(
  state: SagaState,
  { step: index, direction, attempt }: PendingCall,
  key: string,
  payload: unknown,
): Call {
  const step = state.definition.steps[index]!;
  return {
    kind: 'call',
    saga: state.saga,
    step: step.name,
    direction,
    round: state.round,
    attempt,
    key,
    service: step.service,
    action: direction === 'forward' ? step.action : step.compensation!,
    payload,
    payloadHash: payloadHash(payload),
  };
}

/** What the call says, by the saga's own definition. */
export function payloadOf(state: SagaState, step: StepDefinition, { direction }: PendingCall): unknown {
  const { saga, input, steps } = state;
  const results: Record<string, unknown> = {};
  for (const before of step.ancestors) {
    const { result } = steps[before]!;
    if (result !== undefined) results[state.definition.steps[before]!.name] = result;
  }
  if (direction === 'forward') return step.payload({ saga, input, results });
  return step.compensationPayload({ saga, input, results, result: steps[step.index]!.result });
}
