// Meters of one server, for Prometheus, in a registry of its own: two servers in a process do not meet. Those of its sagas
// are the engine meter's.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import type { LiveEngine, StatusCount } from '../live/index.ts';
import type { EngineMeter } from './engine-meter.ts';

const LATENCY_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LAG_RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

export interface MeteredParts {
  readonly engine: LiveEngine;
  readonly meter: EngineMeter;
  readonly counts: () => Promise<readonly StatusCount[]>;
}

export class ApiMeters {
  /** All meters, those of the sagas included. */
  readonly registry: Registry;
  readonly #own = new Registry();
  readonly #lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  readonly #latency: Histogram<'method' | 'route' | 'status'>;
  readonly #refused: Counter<'why'>;

  constructor(parts: MeteredParts) {
    this.#lag.enable();
    const registers = [this.#own];
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
    this.registry = Registry.merge([this.#own, parts.meter.registry]);
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
      registers: [this.#own],
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
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#own],
      collect() {
        this.set(value());
      },
    });
  }
}
