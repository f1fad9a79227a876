// What a run for real is counted to, from its logs alone: where sagas ended, how long they took, which faults were
// delivered. The twin of simulator/world/tally.ts.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import type { Call } from '../../engine/core/protocol.ts';
import { fold, isEnded, type SagaState, type StopReason } from '../../engine/core/saga.ts';
import type { RunResult } from '../run-result.ts';
import { StepTally } from '../step-tally.ts';
import { Timeline } from '../timeline.ts';
import type { AskedSaga, DeliveredFault } from './evidence.ts';

type Tallied = Pick<
  RunResult,
  'sagas' | 'latencyUs' | 'stopReasons' | 'events' | 'calls' | 'load' | 'timeline' | 'steps'
>;

export class AuditTally {
  readonly #latencyUs = { saga: [] as number[], compensation: [] as number[], step: [] as number[] };
  readonly #stopReasons: Record<string, number> = {};
  readonly #counts = { started: 0, completed: 0, compensated: 0, failed: 0, compensationFailed: 0, open: 0 };
  readonly #timeline = new Timeline();
  readonly #steps = new StepTally();
  readonly #beganAtUs: number;
  /** By operation: its saga, step and direction. */
  readonly #sends = new Map<string, number>();
  #resumed = 0;
  #resolved = 0;
  #events = 0;
  #calls = 0;
  #usefulCalls = 0;

  constructor(beganAtUs: number) {
    this.#beganAtUs = beganAtUs;
  }

  called({ saga, step, direction }: Call, atUs: number): void {
    this.#calls++;
    this.#timeline.add('calls', atUs - this.#beganAtUs);
    const operation = `${saga}/${step}/${direction}`;
    this.#sends.set(operation, (this.#sends.get(operation) ?? 0) + 1);
  }

  delivered({ atUs }: DeliveredFault): void {
    this.#timeline.add('faults', Math.max(0, atUs - this.#beganAtUs));
  }

  /** A saga as the run left it. */
  saga({ saga, askedAtUs }: AskedSaga, definition: SagaDefinition, log: readonly StoredEvent[]): void {
    this.#counts.started++;
    this.#events += log.length;
    const events = log.map(({ event }) => event);
    const state = fold(definition, saga, events);
    this.#count(state);
    if (events.some(({ kind }) => kind === 'compensation-resumed')) this.#resumed++;
    this.#timeSteps(definition, log);
    this.#timeline.add('started', askedAtUs - this.#beganAtUs);
    if (!isEnded(state.status)) return;
    const endedAtUs = log.at(-1)!.atUs;
    this.#ended(state, endedAtUs - this.#beganAtUs, endedAtUs - askedAtUs);
    this.#latencyUs.saga.push(endedAtUs - askedAtUs);
    const undo = log.find(({ event }) => event.kind === 'compensation-started');
    if (undo !== undefined) this.#latencyUs.compensation.push(endedAtUs - undo.atUs);
  }

  #ended({ saga, status, definition }: SagaState, atUs: number, tookUs: number): void {
    this.#timeline.add(status === 'completed' ? 'completed' : 'undone', atUs);
    this.#timeline.took(tookUs, atUs);
    this.#steps.ended({ saga, definition }, this);
  }

  /** How often an operation was sent, by the log. */
  of({ saga, definition }: Pick<SagaState, 'saga' | 'definition'>, operation: number): number {
    const { name } = definition.steps[operation >> 1]!;
    const direction = operation % 2 === 0 ? 'forward' : 'compensation';
    return this.#sends.get(`${saga}/${name}/${direction}`) ?? 0;
  }

  #count({ status, reason, definition }: SagaState): void {
    if (status === 'completed') this.#usefulCalls += definition.steps.length;
    if (status === 'completed' || status === 'compensated' || status === 'failed') this.#counts[status]++;
    else if (status === 'compensation_failed') this.#counts.compensationFailed++;
    else if (status === 'resolved') this.#resolved++;
    else this.#counts.open++;
    if (reason === undefined || !isEnded(status)) return;
    const words = wordsOf(reason);
    this.#stopReasons[words] = (this.#stopReasons[words] ?? 0) + 1;
  }

  /** From the event that intends a call to the one that says that it was applied. */
  #timeSteps(definition: SagaDefinition, log: readonly StoredEvent[]): void {
    const begun = new Map<string, number>();
    for (const { event, atUs } of log) {
      if (event.kind === 'step-requested') begun.set(event.step, atUs);
      if (event.kind !== 'step-applied') continue;
      const tookUs = atUs - (begun.get(event.step) ?? atUs);
      this.#latencyUs.step.push(tookUs);
      this.#steps.took(definition, stepIndexOf(definition, event.step), tookUs);
    }
  }

  result(): Tallied {
    return {
      sagas: {
        ...this.#counts,
        resumed: this.#resumed,
        shed: 0,
        ...(this.#resolved === 0 ? {} : { resolved: this.#resolved }),
      },
      latencyUs: this.#latencyUs,
      stopReasons: this.#stopReasons,
      events: this.#events + this.#calls,
      calls: this.#calls,
      load: { usefulCalls: this.#usefulCalls, circuitOpenUs: 0 },
      timeline: this.#timeline.result(),
      steps: this.#steps.results(),
    };
  }
}

/** S7: what was delivered, where, and what it was. */
export function faultCounts(
  faults: readonly DeliveredFault[],
): Pick<RunResult, 'faultsDelivered' | 'coverage' | 'plan'> {
  const faultsDelivered: Record<string, number> = {};
  const coverage: Record<string, number> = {};
  for (const { kind, phase } of faults) {
    faultsDelivered[kind] = (faultsDelivered[kind] ?? 0) + 1;
    const cell = `${phase} × ${kind}`;
    coverage[cell] = (coverage[cell] ?? 0) + 1;
  }
  return { faultsDelivered, coverage, plan: faults.map(({ kind, at, params }) => ({ kind, at, params })) };
}

function wordsOf(reason: StopReason): string {
  return reason.kind === 'step-failed' ? `${reason.step}: ${reason.reason}` : reason.kind;
}
