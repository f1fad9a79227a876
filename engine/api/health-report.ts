// `GET /api/sagas/health`: how the sagas fare, in the words of `sagastorm health`.
//
// R1. It is made at most every ten seconds, however many ask, and reads a bounded number of sagas.
// R2. Which sagas are stuck is known from their timers, and which wait for a person from the store: none is searched for.

import { z } from '@hono/zod-openapi';
import { healthOf, type SagaHealth, type StepHealth } from '../core/saga-health.ts';
import { healthFacts, liveNowUs, type SagaCatalogue } from '../live/index.ts';
import type { EngineMeter } from './engine-meter.ts';
import { isoTime, waitingView } from './saga-view.ts';
import { SagaWaiting, Time } from './schemas.ts';

const FRESH_MS = 10_000;
const SAGAS_MAX = 10_000;
const SAMPLE_MAX = 500;
const SHOWN_MAX = 100;
const US_PER_S = 1_000_000;

const Count = z.int().min(0);
const Share = z.number().min(0).max(1);
const StepFigures = z
  .object({
    step: z.string(),
    calls: Count,
    atOnce: Share.openapi({ description: 'Applied at the first attempt' }),
    retries: Count,
    rejected: Count,
    failedUndos: Count.openapi({ description: 'Attempts of its undo that failed' }),
    averageDuration: z.number().min(0).openapi({ description: 'In seconds' }),
    timeShare: z.number().min(0).openapi({ description: 'Of the time of all sagas looked at' }),
  })
  .openapi('StepFigures');

export const SagaHealthReport = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']).openapi({
      description:
        'Degraded above 10 stuck sagas, when under 95 % completed, or when over 10 % of the last 24 hours wait for a person; unhealthy above 50 stuck',
    }),
    timestamp: Time,
    metrics: z.object({
      activeSagas: Count,
      endedSagas24h: Count.openapi({ description: `Of the newest ${SAGAS_MAX} of 24 hours` }),
      waitForPerson24h: Count.openapi({
        description: 'Of the same; in the rates they count as not completed',
      }),
      successRate24h: Share.nullable(),
      compensationRate24h: Share.nullable(),
      averageDuration: z.number().min(0).nullable().openapi({ description: 'In seconds' }),
    }),
    stuckCount: Count,
    stuckSagas: z.array(SagaWaiting).openapi({ description: `Up to ${SHOWN_MAX} of them` }),
    issues: z.array(z.string()),
    recommendations: z.array(z.string()),
    steps: z.array(StepFigures),
    bottlenecks: z.array(StepFigures).openapi({ description: 'Steps that take more than 30 % of the time' }),
    suggestions: z.array(
      z.object({
        kind: z.enum(['parallelization', 'caching', 'timeout-tuning']),
        description: z.string(),
        impact: z.enum(['high', 'medium']),
        effort: z.enum(['medium', 'low']),
      }),
    ),
    engine: z.object({ sagasInMemory: Count, callsInFlight: Count, eventLoopLagP99Ms: z.number() }),
  })
  .openapi('SagaHealthReport');

/** The report but for what is said of the engine. */
export type HealthView = Omit<z.output<typeof SagaHealthReport>, 'engine'>;

export class HealthWatch {
  readonly #catalogue: SagaCatalogue;
  readonly #meter: EngineMeter;
  #latest: { readonly atMs: number; readonly report: Promise<HealthView> } | undefined;

  constructor(catalogue: SagaCatalogue, meter: EngineMeter) {
    this.#catalogue = catalogue;
    this.#meter = meter;
  }

  /** R1. @throws UserError `store-failed` */
  report(): Promise<HealthView> {
    const nowMs = performance.now();
    if (this.#latest !== undefined && nowMs - this.#latest.atMs < FRESH_MS) return this.#latest.report;
    const report = this.#make();
    this.#latest = { atMs: nowMs, report };
    report.catch(() => {
      this.#latest = undefined;
    });
    return report;
  }

  /** R2. */
  async #make(): Promise<HealthView> {
    const bounds = { sagasMax: SAGAS_MAX, sampleMax: SAMPLE_MAX, stuck: this.#meter.notMoving };
    return viewOf(healthOf(await healthFacts(this.#catalogue, bounds)));
  }
}

function viewOf(health: SagaHealth): HealthView {
  const { overall, active, ended, successRate, compensationRate, meanUs, stuckCount, stuck } = health;
  return {
    status: overall,
    timestamp: isoTime(liveNowUs()),
    metrics: {
      activeSagas: active,
      endedSagas24h: ended,
      waitForPerson24h: health.waitForPerson,
      successRate24h: successRate ?? null,
      compensationRate24h: compensationRate ?? null,
      averageDuration: meanUs === undefined ? null : meanUs / US_PER_S,
    },
    stuckCount,
    stuckSagas: stuck.slice(0, SHOWN_MAX).map(waitingView),
    issues: [...health.reasons],
    recommendations: [...health.recommendations],
    steps: health.steps.map(figuresOf),
    bottlenecks: health.bottlenecks.map(figuresOf),
    suggestions: [...health.suggestions],
  };
}

function figuresOf({ meanUs, ...figures }: StepHealth): z.output<typeof StepFigures> {
  return { ...figures, averageDuration: meanUs / US_PER_S };
}
