// Meters of sagas, for Prometheus, made of news: docs/on-call.md says what each one means, ops/ what is drawn of them and
// when somebody is woken. The same class meters a simulated run.
//
// M1. A saga type that was heard of has all its series, at zero: a rate that begins with nothing misses the first failure.
// M2. Label values are few, whatever clients send: beyond so many types, and so many steps of one, all is `other`.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CircuitState } from '../core/policy.ts';
import type { FailureClass } from '../core/protocol.ts';
import { REPAIR_KINDS } from '../core/repair-act.ts';
import type { EndCause, SagaActivity, SagaNews } from '../observe/index.ts';

const TYPES_MAX = 100;
const STEPS_MAX = 50;
const OTHER = 'other';
const US_PER_S = 1_000_000;
const CAUSES: readonly EndCause[] = ['business', 'cancelled', 'technical'];
const SAGA_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800];
const STEP_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const CIRCUIT: Readonly<Record<CircuitState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** The service did not take the call, or could not; the remaining classes but `timeout` are refusals of this very call. */
const UNAVAILABLE: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'transient',
  'rate_limited',
  'circuit_open',
  'resource_exhausted',
  'dependency_failure',
]);

const STEP = ['saga_type', 'step'] as const;
const STEP_FAILURE = ['saga_type', 'step', 'failure'] as const;

/** What the meters count, and where they stand. */
export interface SagaMetersParts {
  readonly registry: Registry;
  /** Asked what is stuck, each time the meters are read. */
  readonly activity: () => Pick<SagaActivity, 'stuck'>;
  /** Microseconds, on the clock of the activity's events. */
  readonly nowUs: () => number;
}

/** The Prometheus meters of sagas and their steps. */
export class SagaMeters {
  readonly #types = new Map<string, Set<string>>();
  readonly #all: ReturnType<typeof sagaMeters>;
  readonly #steps: ReturnType<typeof stepMeters>;

  constructor({ registry, activity, nowUs }: SagaMetersParts) {
    this.#all = sagaMeters(registry);
    this.#steps = stepMeters(registry);
    this.#meterStuck(registry, activity, nowUs);
  }

  /** What a `SagaActivity` tells. */
  tell(news: SagaNews): void {
    const saga_type = this.#typeOf(news.type);
    const meters = this.#all;
    if ('step' in news) return this.#tellStep(news, { saga_type, step: this.#stepOf(news.type, news.step) });
    if (news.kind === 'started') return meters.started.inc({ saga_type });
    if (news.kind === 'repaired') return meters.repaired.inc({ saga_type, act: news.act });
    meters.duration.observe({ saga_type }, news.durationUs / US_PER_S);
    if (news.kind === 'completed') return meters.completed.inc({ saga_type });
    if (news.kind === 'compensation-failed') return meters.compensationFailed.inc({ saga_type });
    if (news.kind === 'resolved') return meters.resolved.inc({ saga_type });
    if (news.undoUs !== undefined) meters.undo.observe({ saga_type }, news.undoUs / US_PER_S);
    (news.kind === 'compensated' ? meters.compensated : meters.failed).inc({ saga_type, cause: news.cause });
  }

  /** A circuit changed. @param partition of the host whose circuit it is */
  circuit(service: string, to: CircuitState, partition: string): void {
    const { circuit, circuitOpened } = this.#steps;
    circuit.set({ service, partition }, CIRCUIT[to]);
    circuitOpened.inc({ service }, to === 'open' ? 1 : 0);
  }

  /** The partition is not driven here any more, and its circuits are gone with its host. */
  letGo(partition: string, services: Iterable<string>): void {
    for (const service of services) this.#steps.circuit.remove({ service, partition });
  }

  #tellStep(
    news: Extract<SagaNews, { readonly step: string }>,
    labels: { readonly saga_type: string; readonly step: string },
  ): void {
    const meters = this.#steps;
    if (news.kind === 'step-succeeded') {
      meters.success.inc(labels);
      return meters.duration.observe(labels, news.durationUs / US_PER_S);
    }
    if (news.kind === 'step-undone') return meters.undone.inc(labels);
    const { failure, isUndo, isLast } = news;
    if (isUndo) return (isLast ? meters.undoFailed : meters.undoRetried).inc({ ...labels, failure });
    if (isLast) meters.failure.inc({ ...labels, failure });
    if (failure === 'timeout') return meters.timeout.inc(labels);
    (UNAVAILABLE.has(failure) ? meters.unavailable : meters.error).inc({ ...labels, failure });
  }

  #meterStuck(registry: Registry, activity: SagaMetersParts['activity'], nowUs: () => number): void {
    const types = this.#types;
    const labelNames = ['saga_type'] as const;
    const registers = [registry];
    const stuck = new Gauge({
      name: 'saga_stuck',
      help: 'Sagas of this engine that wait for a person, or to which nothing happens though something should',
      labelNames,
      registers,
      collect() {
        const found = activity().stuck(nowUs());
        for (const saga_type of types.keys()) {
          const all = saga_type === OTHER ? [...found].filter(([type]) => !types.has(type)) : [];
          const one = found.get(saga_type);
          const each = one === undefined ? all.map(([, many]) => many) : [one];
          stuck.set(
            { saga_type },
            each.reduce((sum, { count }) => sum + count, 0),
          );
          longest.set({ saga_type }, Math.max(0, ...each.map(({ longestUs }) => longestUs)) / US_PER_S);
        }
      },
    });
    const longest = new Gauge({
      name: 'saga_stuck_seconds_max',
      help: 'For how long nothing has happened to the stuck saga to which nothing has happened for the longest time',
      labelNames,
      registers,
    });
  }

  /** M1, M2. */
  #typeOf(type: string): string {
    if (this.#types.has(type)) return type;
    const known = this.#types.size < TYPES_MAX ? type : OTHER;
    if (this.#types.has(known)) return known;
    this.#types.set(known, new Set());
    const {
      started,
      completed,
      compensated,
      failed,
      compensationFailed,
      resolved,
      repaired,
      duration,
      undo,
    } = this.#all;
    const saga_type = known;
    for (const counter of [started, completed, compensationFailed, resolved]) counter.inc({ saga_type }, 0);
    for (const act of REPAIR_KINDS) repaired.inc({ saga_type, act }, 0);
    for (const cause of CAUSES)
      for (const counter of [compensated, failed]) counter.inc({ saga_type, cause }, 0);
    for (const histogram of [duration, undo]) histogram.zero({ saga_type });
    return known;
  }

  /** M2. */
  #stepOf(type: string, step: string): string {
    const steps = this.#types.get(type);
    if (steps === undefined) return OTHER;
    if (steps.size < STEPS_MAX) steps.add(step);
    return steps.has(step) ? step : OTHER;
  }
}

function sagaMeters(registry: Registry) {
  const registers = [registry];
  const one = ['saga_type'] as const;
  const withCause = ['saga_type', 'cause'] as const;
  return {
    started: new Counter({
      name: 'transaction_started_total',
      help: 'Sagas begun, and begun again by a person',
      labelNames: one,
      registers,
    }),
    completed: new Counter({
      name: 'transaction_completed_total',
      help: 'Sagas that completed',
      labelNames: one,
      registers,
    }),
    compensated: new Counter({
      name: 'transaction_compensated_total',
      help: 'Sagas whose effects were undone, by why: business, cancelled, technical',
      labelNames: withCause,
      registers,
    }),
    failed: new Counter({
      name: 'transaction_failed_total',
      help: 'Sagas that ended before they had any effect, by why: business, cancelled, technical',
      labelNames: withCause,
      registers,
    }),
    compensationFailed: new Counter({
      name: 'transaction_compensation_failed_total',
      help: 'Sagas whose undo was given up: a person must see to them',
      labelNames: one,
      registers,
    }),
    ...repairMeters(registers),
    duration: new Histogram({
      name: 'transaction_duration_seconds',
      help: 'From the beginning of a saga to its end, however it ended',
      labelNames: one,
      buckets: SAGA_BUCKETS_S,
      registers,
    }),
    undo: new Histogram({
      name: 'transaction_compensation_seconds',
      help: 'From the decision to undo a saga until all was undone',
      labelNames: one,
      buckets: SAGA_BUCKETS_S,
      registers,
    }),
  };
}

function repairMeters(registers: Registry[]) {
  return {
    resolved: new Counter({
      name: 'transaction_resolved_total',
      help: 'Sagas that ended with something that a person had taken over',
      labelNames: ['saga_type'] as const,
      registers,
    }),
    repaired: new Counter({
      name: 'transaction_repaired_total',
      help: 'What people did to sagas: retry, compensate, resume, skip, resolve',
      labelNames: ['saga_type', 'act'] as const,
      registers,
    }),
  };
}

function stepMeters(registry: Registry) {
  const registers = [registry];
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> => new Counter({ name, help, labelNames, registers });
  return {
    success: counter('saga_step_success_total', 'Steps that were applied', STEP),
    failure: counter(
      'saga_step_failure_total',
      'Steps that were given up, by their last failure',
      STEP_FAILURE,
    ),
    timeout: counter('saga_step_timeout_total', 'Attempts of steps without an answer in time', STEP),
    unavailable: counter(
      'saga_step_service_unavailable_total',
      'Attempts of steps that the service did not take, or could not',
      STEP_FAILURE,
    ),
    error: counter(
      'saga_step_error_total',
      'Attempts of steps that the service refused for good',
      STEP_FAILURE,
    ),
    duration: new Histogram({
      name: 'saga_step_duration_seconds',
      help: 'From the first intention of a step until it was applied, with all its retries',
      labelNames: STEP,
      buckets: STEP_BUCKETS_S,
      registers,
    }),
    undone: counter('saga_compensation_success_total', 'Steps that were undone', STEP),
    undoRetried: counter(
      'saga_compensation_retry_total',
      'Undos that failed and are tried again',
      STEP_FAILURE,
    ),
    undoFailed: counter('saga_compensation_failure_total', 'Undos that were given up', STEP_FAILURE),
    circuit: new Gauge({
      name: 'saga_circuit_state',
      help: 'The circuit of a service: 0 closed, 1 half-open, 2 open',
      labelNames: ['service', 'partition'],
      registers,
    }),
    circuitOpened: counter('saga_circuit_opened_total', 'How often circuits opened', ['service']),
  };
}
