// What a run tells of load: how much of the work was of use, how long circuits were open, and, where a scenario has
// incidents, how soon they were noticed and overcome, and how sagas fared in quiet times.

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import type { CircuitChange } from '../../engine/core/policy.ts';
import { type FailureClass, isFinal } from '../../engine/core/protocol.ts';
import type { SagaState } from '../../engine/core/saga.ts';
import type { IncidentResult, LoadResult, QuietTimes } from '../run-result.ts';
import { type Incident, incidentsBeginUs, incidentsEndUs } from '../service-load.ts';
import { LoadTimeline } from './load-timeline.ts';
import type { SimSaga } from './sim-saga.ts';

/** Times are quiet before the incidents, and again this long after them: by then all must be well. */
const QUIET_AFTER_US = 300_000_000;

export class LoadMeter {
  readonly #incidents: readonly Incident[];
  readonly #timeline: LoadTimeline | undefined;
  readonly #quiet = { sagas: 0, compensated: 0, latencyUs: [] as number[] } satisfies QuietTimes;
  /** When each incident was first noticed: a call to its service failed, and that stands in a log. */
  readonly #noticedAtUs: (number | undefined)[];
  /** Since when circuits are not closed, by the life of the process and the service. */
  readonly #circuits = new Map<object, Map<string, number>>();
  #lastEndUs = 0;
  #circuitOpenUs = 0;
  #usefulCalls = 0;

  readonly #keepsQuiet: boolean;

  /** @param keepsQuiet whether to keep how long the sagas of quiet times took */
  constructor(incidents: readonly Incident[], keepsQuiet: boolean) {
    this.#incidents = incidents;
    this.#keepsQuiet = keepsQuiet;
    this.#timeline = incidents.length === 0 ? undefined : new LoadTimeline(incidents);
    this.#noticedAtUs = incidents.map(() => undefined);
  }

  started(nowUs: number): void {
    this.#timeline?.add('started', nowUs);
  }

  called(nowUs: number): void {
    this.#timeline?.add('calls', nowUs);
  }

  /** It stands in a log that a call to the service failed. */
  failed(service: string, failure: FailureClass, nowUs: number): void {
    if (this.#incidents.length === 0 || isFinal(failure)) return;
    this.#incidents.forEach((incident, i) => {
      if (incident.service !== service || nowUs < incident.fromMs * 1_000) return;
      this.#noticedAtUs[i] ??= nowUs;
    });
  }

  /** The circuit of a service, in one life of a process, changed. */
  circuit(life: object, { service, to }: CircuitChange, nowUs: number): void {
    const open = this.#circuits.get(life) ?? new Map<string, number>();
    this.#circuits.set(life, open);
    const sinceUs = open.get(service);
    if (to === 'closed') {
      if (sinceUs !== undefined) this.#circuitOpenUs += nowUs - sinceUs;
      open.delete(service);
    } else if (sinceUs === undefined) open.set(service, nowUs);
  }

  /** The life is over, and with it what it knew of circuits. */
  circuitsLost(life: object, nowUs: number): void {
    for (const sinceUs of this.#circuits.get(life)?.values() ?? []) this.#circuitOpenUs += nowUs - sinceUs;
    this.#circuits.delete(life);
  }

  /** It was turned away. */
  shed({ startAtUs }: SimSaga): void {
    if (!this.#keepsQuiet || !this.#isQuiet(startAtUs)) return;
    this.#quiet.sagas++;
    this.#quiet.compensated++;
  }

  ended({ startAtUs, definition, wasTallied }: SimSaga, { status }: SagaState, nowUs: number): void {
    this.#lastEndUs = nowUs;
    if (status === 'completed') {
      this.#usefulCalls += usefulIn(definition);
      this.#timeline?.add('completed', nowUs);
    }
    if (wasTallied || !this.#keepsQuiet || !this.#isQuiet(startAtUs)) return; // a person retried it
    this.#quiet.sagas++;
    if (status !== 'completed') this.#quiet.compensated++;
    this.#quiet.latencyUs.push(nowUs - startAtUs);
  }

  #isQuiet(atUs: number): boolean {
    if (this.#incidents.length === 0) return true;
    const endUs = incidentsEndUs(this.#incidents);
    return atUs < incidentsBeginUs(this.#incidents) || atUs >= endUs + QUIET_AFTER_US;
  }

  /** @param lastStartUs when the last saga was asked for */
  result(incidents: readonly IncidentResult[], lastStartUs: number): LoadResult {
    let circuitOpenUs = this.#circuitOpenUs;
    for (const open of this.#circuits.values()) {
      for (const sinceUs of open.values()) circuitOpenUs += Math.max(0, this.#lastEndUs - sinceUs);
    }
    const always = {
      usefulCalls: this.#usefulCalls,
      circuitOpenUs,
      ...(this.#keepsQuiet ? { quiet: this.#quiet } : {}),
    };
    if (this.#timeline === undefined) return always;
    return {
      ...always,
      incidents: incidents.map((incident, i) => {
        const noticedAtUs = this.#noticedAtUs[i];
        return noticedAtUs === undefined
          ? incident
          : { ...incident, noticedAfterUs: noticedAtUs - incident.fromUs };
      }),
      course: this.#timeline.course(lastStartUs),
    };
  }
}

/** Calls that a completed saga needs at least: one a step; under choreography, the deliveries that lead to a step. */
function usefulIn({ steps, flow }: SagaDefinition): number {
  return flow === undefined ? steps.length : steps.filter(({ hasEffects }) => hasEffects).length;
}
