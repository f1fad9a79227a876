// `GET /api/admin/diagnosis`: why sagas went wrong, in the words of `sagastorm diagnose`.

import { z } from '@hono/zod-openapi';
import type { StoredEvent } from '../core/ports.ts';
import { type LiveEngine, type SagaCatalogue, troubledSagas } from '../live/index.ts';
import { type Diagnosis, diagnoseAll, type ServiceOf, summaryOf } from '../observe/index.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import type { SagaReader } from './saga-reader.ts';
import { servicesBy } from './saga-services.ts';

/** Of each kind, newest first: what did not complete, and what did. */
const SAGAS_MAX = 500;
const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);

const Query = z.object({
  saga: z.string().min(1).max(200).optional().openapi({ description: 'Only this one' }),
  hours: z.coerce.number().int().min(1).max(8_760).default(24),
});

const SagaDiagnosis = z
  .object({
    saga: z.string(),
    status: z.string(),
    class: z.string().openapi({ description: 'The root cause', example: 'slow-service' }),
    pattern: z.string().openapi({ description: 'The kind of failure', example: 'timeout' }),
    cause: z.string(),
    evidence: z.array(z.string()),
    remedy: z.string(),
    service: z.string().nullable(),
    primaryError: z.enum(['timeout', 'connection_failure', 'validation_error', 'service_error']).nullable(),
    serviceErrors: Counts.openapi({ description: 'Failed attempts by service' }),
    compensationAttempted: z.boolean(),
    durationMs: z.number(),
  })
  .openapi('SagaDiagnosis');

const DiagnosisReport = z
  .object({
    primary: z.string().openapi({ description: 'The root cause of most of them' }),
    sagas: Count,
    classes: Counts,
    errorPatterns: Counts,
    serviceFailures: Counts,
    timeoutCount: Count,
    averageDurationMs: z.number(),
    diagnoses: z.array(SagaDiagnosis),
  })
  .openapi('DiagnosisReport');

export function diagnosisEndpoint({
  engine,
  catalogue,
  reader,
}: {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly reader: SagaReader;
}): Endpoint {
  return endpoint({
    method: 'get',
    path: '/api/admin/diagnosis',
    role: 'admin',
    tag: 'Administration',
    summary: 'Why sagas did not complete: root causes, evidence and remedies',
    query: Query,
    answers: { 200: [`Of one saga, or of the newest ${SAGAS_MAX} that did not complete`, DiagnosisReport] },
    async handle({ query: { saga, hours }, record }) {
      const wanted = saga === undefined ? undefined : await reader.log(saga);
      if (saga !== undefined) record.saga = saga;
      const { logs, others, nowUs } = await troubledSagas(catalogue, { hours, sagasMax: SAGAS_MAX });
      const beside = [...logs, ...others].filter(([first]) => first?.saga !== saga);
      const servicesOf = (log: readonly StoredEvent[]): ServiceOf => servicesBy(engine, log);
      const asked = wanted === undefined ? { logs, others } : { logs: [wanted], others: beside };
      return { value: reportOf(diagnoseAll({ ...asked, servicesOf, nowUs })) };
    },
  });
}

function reportOf(diagnoses: readonly Diagnosis[]): z.output<typeof DiagnosisReport> {
  const { timeouts, meanDurationUs, ...summary } = summaryOf(diagnoses);
  return {
    ...summary,
    timeoutCount: timeouts,
    averageDurationMs: meanDurationUs / 1_000,
    diagnoses: diagnoses.map(({ durationUs, evidence, service = null, primaryError = null, ...one }) => ({
      ...one,
      evidence: [...evidence],
      service,
      primaryError,
      durationMs: durationUs / 1_000,
    })),
  };
}
