// Meters of one server, for Prometheus, in a registry of its own: two servers in a process do not meet.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LiveEngine, StatusCount } from '../live/index.ts';
import type { EngineMeter } from './engine-meter.ts';
import { SAGA_STATUSES } from './schemas.ts';

const LATENCY_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LAG_RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

export interface MeteredParts {
  readonly engine: LiveEngine;
  readonly meter: EngineMeter;
  readonly counts: () => Promise<readonly StatusCount[]>;
}

export class ApiMeters {
  readonly registry = new Registry();
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  readonly #latency: Histogram<'method' | 'route' | 'status'>;
  readonly #refused: Counter<'why'>;

  constructor(parts: MeteredParts) {
    this.#lag.enable();
    const registers = [this.registry];
    this.#latency = new Histogram({
      name: 'sagastorm_api_request_seconds',
      help: 'How long requests took',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    });
    this.#refused = new Counter({
      name: 'sagastorm_api_refused_total',
      help: 'Requests refused for want of room, or because somebody asked too often',
      labelNames: ['why'],
      registers,
    });
    this.#meterSagas(parts);
    this.#meterEngine(parts);
  }

  /** `route`: the pattern, of which there are few. */
  answered(method: string, route: string | undefined, status: number, seconds: number): void {
    this.#latency.observe({ method, route: route ?? 'none', status: String(status) }, seconds);
  }

  refused(why: 'rate' | 'room'): void {
    this.#refused.inc({ why });
  }

  /** How much later than due the event loop comes to things, since the start; in milliseconds. */
  lagMs(percentile: number): number {
    const lagNs = this.#lag.percentile(percentile);
    return Math.max(0, Math.round((lagNs / NS_PER_MS - LAG_RESOLUTION_MS) * 1_000) / 1_000);
  }

  close(): void {
    this.#lag.disable();
  }

  #meterSagas({ counts }: MeteredParts): void {
    new Gauge({
      name: 'sagastorm_sagas',
      help: 'Sagas in the store',
      labelNames: ['status'],
      registers: [this.registry],
      async collect() {
        const known = new Map((await counts()).map(({ status, count }) => [status, count]));
        for (const status of SAGA_STATUSES) this.set({ status }, known.get(status) ?? 0);
      },
    });
  }

  #meterEngine({ engine, meter }: MeteredParts): void {
    const lagS = (percentile: number) => this.lagMs(percentile) / 1_000;
    this.#gauge('sagastorm_sagas_in_flight', 'Sagas in memory', () => engine.size);
    this.#gauge('sagastorm_calls_in_flight', 'Calls on the wire', () => engine.callsInFlight);
    this.#gauge('sagastorm_event_loop_lag_p50_seconds', 'Median delay of the event loop', () => lagS(50));
    this.#gauge('sagastorm_event_loop_lag_p99_seconds', 'Delay of the event loop', () => lagS(99));
    this.#gauge('sagastorm_engine_up', '1 while the engine runs', () => (meter.halted === undefined ? 1 : 0));
    this.#counter('sagastorm_sagas_created_total', 'Sagas begun over this API', () => meter.createdCount);
    this.#counter('sagastorm_circuits_opened_total', 'Circuits that opened', () => meter.circuitsOpened);
    new Counter({
      name: 'sagastorm_sagas_ended_total',
      help: 'Sagas that ended here, or came to wait for a person',
      labelNames: ['status'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [status, count] of meter.ended) this.inc({ status }, count);
      },
    });
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }

  #counter(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
}
