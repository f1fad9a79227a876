// `/api/admin`: for whoever has to find out what went wrong.

import { z } from '@hono/zod-openapi';
import { actsIn } from '../core/waiting.ts';
import { liveNowUs, type SagaCatalogue } from '../live/index.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { ORDER_SAGA } from './order-saga.ts';
import type { ReadSaga, SagaReader } from './saga-reader.ts';
import { actView, currentStep, rowView, timesOf } from './saga-view.ts';
import { IdParams, Paging, PastActs, SagaList, SagaView, Time } from './schemas.ts';
import { stepDetails } from './step-history.ts';

const TAG = 'Administration';
const HOUR_US = 3_600_000_000;

const SagaDetail = z
  .object({
    sagaId: z.string(),
    orderId: z.string().nullable(),
    name: z.string(),
    version: z.int(),
    status: SagaView.shape.status,
    currentStep: z.string().nullable(),
    reason: SagaView.shape.reason,
    createdAt: Time,
    updatedAt: Time,
    endedAt: Time.nullable(),
    duration: z
      .string()
      .openapi({ description: 'Until its end, or until now (ISO 8601)', example: 'PT2.512S' }),
    durationMs: z.number().min(0),
    acts: PastActs,
    steps: z.array(
      z
        .object({
          name: z.string(),
          service: z.string(),
          action: z.string(),
          compensation: z.string().nullable(),
          kind: z.string(),
          status: SagaView.shape.steps.element.shape.status,
          resourceId: z.string().nullable().openapi({ description: 'What the step made, when it said so' }),
          result: z.unknown().openapi({ description: 'Whatever the service answered' }),
          attempts: z.int().min(0),
          undoAttempts: z.int().min(0),
          startedAt: Time.nullable(),
          endedAt: Time.nullable(),
          lastError: z.string().nullable(),
        })
        .openapi('SagaStepDetail'),
    ),
  })
  .openapi('SagaDetail');

const Recent = z.object({ hours: z.coerce.number().int().min(1).max(8_760).default(24), ...Paging });

export function adminEndpoints({
  catalogue,
  reader,
}: {
  readonly catalogue: SagaCatalogue;
  readonly reader: SagaReader;
}): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/admin/sagas/failed',
      role: 'admin',
      tag: TAG,
      summary: 'Sagas of the last hours that did not complete, newest first',
      query: Recent,
      answers: { 200: ['A page of them', SagaList] },
      async handle({ query: { hours, limit, cursor } }) {
        const page = await catalogue.find({
          statuses: ['failed', 'compensated', 'compensation_failed', 'resolved'],
          createdFromUs: liveNowUs() - hours * HOUR_US,
          limit,
          ...(cursor === undefined ? {} : { cursor }),
        });
        return { value: { sagas: page.sagas.map(rowView), next: page.next ?? null } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/admin/sagas/{id}',
      role: 'admin',
      tag: TAG,
      summary: 'A saga, step by step',
      params: IdParams,
      answers: { 200: ['The saga', SagaDetail] },
      async handle({ params: { id }, record }) {
        const saga = await reader.read(id);
        record.saga = id;
        return { value: detailOf(saga) };
      },
    }),
  ];
}

function detailOf(saga: ReadSaga) {
  const { log, state } = saga;
  const times = timesOf(log, state);
  const endUs = times.endedAt === null ? liveNowUs() : log.at(-1)!.atUs;
  const durationMs = Math.max(0, Math.round((endUs - log[0]!.atUs) / 1_000));
  const { name, version } = state.definition;
  return {
    sagaId: state.saga,
    orderId: name === ORDER_SAGA ? state.saga : null,
    name,
    version,
    status: state.status,
    currentStep: currentStep(state),
    reason: state.reason ?? null,
    ...times,
    duration: `PT${durationMs / 1_000}S`,
    durationMs,
    acts: actsIn(log).map(actView),
    steps: stepDetails(saga),
  };
}
