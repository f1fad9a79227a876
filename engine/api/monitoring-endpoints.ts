// What watches the engine: statistics, health, meters, the status page and its stream, the documents of the API.

import { z } from '@hono/zod-openapi';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import type { LiveEngine, SagaCatalogue, StatusCount } from '../live/index.ts';
import type { Counts } from './counts.ts';
import { docsPage } from './docs-page.ts';
import { type Answer, type Endpoint, endpoint } from './endpoint.ts';
import type { EngineMeter } from './engine-meter.ts';
import { type EventStream, STREAM_HEADERS } from './event-stream.ts';
import { type HealthWatch, SagaHealthReport } from './health-report.ts';
import type { ApiMeters } from './meters.ts';
import { pageResponse } from './page.ts';
import { pageOrigin } from './page-origin.ts';
import { later } from './problem.ts';
import { statusPage } from './status-page.ts';
import type { StatusWatch } from './status-snapshot.ts';

export interface MonitoringParts {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly counts: Counts;
  readonly meter: EngineMeter;
  readonly meters: ApiMeters;
  readonly watch: StatusWatch;
  readonly health: HealthWatch;
  readonly stream: EventStream;
  /** The OpenAPI document. */
  readonly document: () => object;
  readonly isClosing: () => boolean;
}

const TAG = 'Monitoring';
const Count = z.int().min(0);

const SagaStats = z
  .object({
    totalSagas: Count,
    runningSagas: Count.openapi({ description: 'Not ended, and not waiting for a person' }),
    completedSagas: Count,
    failedSagas: Count.openapi({ description: 'failed, compensated, compensation_failed or resolved' }),
    successRate: z
      .number()
      .min(0)
      .max(1)
      .openapi({ description: 'Of those that are at rest; 0 when there are none' }),
    averageDuration: z.number().min(0).openapi({ description: 'From creation to end, in seconds' }),
    byStatus: z.record(z.string(), Count),
  })
  .openapi('SagaStats');

const Health = z.object({ status: z.literal('ok') }).openapi('Health');

export function monitoringEndpoints(parts: MonitoringParts): readonly Endpoint[] {
  return [...apiEndpoints(parts), ...pageEndpoints(parts)];
}

function apiEndpoints(parts: MonitoringParts): readonly Endpoint[] {
  const { counts } = parts;
  return [
    endpoint({
      method: 'get',
      path: '/api/sagas/stats',
      role: 'read',
      tag: TAG,
      summary: 'How many sagas there are, and how they fare',
      answers: { 200: ['The statistics', SagaStats] },
      handle: async () => ({ value: statsOf(await counts.now()) }),
    }),
    endpoint({
      method: 'get',
      path: '/health',
      role: 'open',
      tag: TAG,
      summary: 'Whether the server is well; for anybody',
      answers: { 200: ['It is', Health] },
      async handle() {
        await assertWell(parts);
        return { value: { status: 'ok' } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/sagas/health',
      role: 'read',
      tag: TAG,
      summary: 'How the sagas fare: the last day, what is stuck and why, where time goes, what to do',
      answers: { 200: ['The report; at most ten seconds old', SagaHealthReport] },
      handle: () => sagaHealth(parts),
    }),
    ...['/api/sagas/metrics', '/metrics'].map((path) =>
      endpoint({
        method: 'get',
        path,
        role: 'read',
        tag: TAG,
        summary: 'Meters, for Prometheus',
        answers: { 200: ['The meters', 'text/plain'] },
        handle: () => metrics(parts),
      }),
    ),
  ];
}

function pageEndpoints({ watch, stream, document }: MonitoringParts): readonly Endpoint[] {
  const page = { method: 'get', role: 'read', isPage: true, tag: 'Pages' } as const;
  return [
    endpoint({
      ...page,
      path: '/',
      summary: 'The status page',
      answers: { 200: ['A page', 'text/html'] },
      handle: async ({ header }) => ({
        response: pageResponse(statusPage(await watch.snapshot(), pageOrigin(header))),
      }),
    }),
    endpoint({
      ...page,
      path: '/api/events/stream',
      summary: 'A snapshot of everything each second, as server-sent events',
      answers: { 200: ['Events called `snapshot`', 'text/event-stream'] },
      handle: async ({ record }) => ({
        response:
          record.method === 'HEAD' ? new Response(null, { headers: STREAM_HEADERS }) : stream.subscribe(),
      }),
    }),
    endpoint({
      ...page,
      path: '/docs',
      summary: 'This API, for people',
      answers: { 200: ['A page', 'text/html'] },
      handle: async () => ({ response: pageResponse(docsPage(document())) }),
    }),
    endpoint({
      ...page,
      path: '/openapi.json',
      summary: 'This API, for programs',
      answers: { 200: ['OpenAPI 3.1', z.looseObject({ openapi: z.string() })] },
      handle: async () => ({ value: document() }),
    }),
  ];
}

function statsOf(counts: readonly StatusCount[]): z.output<typeof SagaStats> {
  const byStatus: Record<string, number> = Object.fromEntries(SAGA_STATUSES.map((status) => [status, 0]));
  for (const { status, count } of counts) byStatus[status] = count;
  const of = (...statuses: readonly string[]): number =>
    statuses.reduce((sum, one) => sum + (byStatus[one] ?? 0), 0);
  const ended = of('completed', 'compensated', 'failed', 'resolved');
  const atRest = ended + of('compensation_failed');
  const durationUs = counts.reduce((sum, { durationUsTotal }) => sum + durationUsTotal, 0);
  return {
    totalSagas: of(...SAGA_STATUSES),
    runningSagas: of('created', 'running', 'compensating'),
    completedSagas: of('completed'),
    failedSagas: of('failed', 'compensated', 'compensation_failed', 'resolved'),
    successRate: atRest === 0 ? 0 : of('completed') / atRest,
    averageDuration: ended === 0 ? 0 : durationUs / ended / 1_000_000,
    byStatus,
  };
}

/** Well is who runs, takes requests, and reaches its store. */
async function assertWell({ catalogue, meter, isClosing }: MonitoringParts): Promise<void> {
  if (isClosing()) throw later('stopping', 'the server is stopping', 1);
  if (meter.halted !== undefined)
    throw later('halted', 'the engine has stopped and must be started anew', 10);
  await catalogue.find({ limit: 1 });
}

async function sagaHealth(parts: MonitoringParts): Promise<Answer> {
  await assertWell(parts);
  const { size: sagasInMemory, callsInFlight } = parts.engine;
  const engine = { sagasInMemory, callsInFlight, eventLoopLagP99Ms: parts.meters.lagMs(99) };
  return { value: { ...(await parts.health.report()), engine } };
}

async function metrics({ meters: { registry } }: MonitoringParts): Promise<Answer> {
  const text = await registry.metrics();
  const headers = { 'content-type': registry.contentType, 'cache-control': 'no-store' };
  return { response: new Response(text, { headers }) };
}
