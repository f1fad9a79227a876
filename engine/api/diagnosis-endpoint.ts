// `GET /api/admin/diagnosis`: why sagas went wrong, in the words of `sagastorm diagnose`.

import { z } from '@hono/zod-openapi';
import type { StoredEvent } from '../core/ports.ts';
import { type LiveEngine, type SagaCatalogue, troubledSagas } from '../live/index.ts';
import {
  type Book,
  type Diagnosis,
  diagnoseAll,
  effectsIn,
  type PaymentReport,
  paymentReport,
  type ServiceOf,
  type StockMove,
  type StockReport,
  stockReports,
  summaryOf,
} from '../observe/index.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { readable } from './reconciliation-endpoint.ts';
import type { SagaReader } from './saga-reader.ts';
import { servicesBy } from './saga-services.ts';

/** Of each kind, newest first: what did not complete, and what did. */
const SAGAS_MAX = 500;
const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);

const Query = z.object({
  saga: z.string().min(1).max(200).optional().openapi({ description: 'Only this one' }),
  hours: z.coerce.number().int().min(1).max(8_760).default(24),
  books: z.enum(['true', 'false']).default('false').openapi({
    description:
      'What the books of the services have counts, too; of one saga its stock and payments are told',
  }),
});

const Direction = z.enum(['forward', 'compensation']);
const Move = z
  .object({
    saga: z.string(),
    step: z.string(),
    direction: Direction,
    reserved: z.int().openapi({ description: 'By how much it changed' }),
    sold: z.int(),
    onHand: z.int().openapi({ description: 'After it' }),
    atUs: z.int().nullable(),
  })
  .openapi('StockMove');

const Stock = z
  .object({
    service: z.string(),
    item: z.string(),
    own: z.array(Move),
    concurrent: z.array(Move).openapi({ description: 'Of others, within a minute before or after' }),
    holders: z.array(z.object({ saga: z.string(), reserved: Count })),
    computed: z.int().openapi({ description: 'total − reserved − sold, by the entries' }),
    onHand: z.int().openapi({ description: 'As the service says' }),
  })
  .openapi('StockReport');

const Payments = z
  .object({
    chain: z.array(
      z.object({
        service: z.string(),
        step: z.string(),
        direction: Direction,
        round: Count,
        action: z.string(),
        amount: Count,
        times: Count.openapi({ description: 'In the book: once, unless it was done again' }),
        conflict: z
          .enum(['booked', 'refused'])
          .nullable()
          .openapi({ description: 'It came under one key with different requests' }),
      }),
    ),
    lookalikes: z
      .array(z.object({ saga: z.string(), service: z.string(), step: z.string() }))
      .openapi({ description: 'Sagas that asked for the same within a minute' }),
  })
  .openapi('PaymentReport');

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
    stock: z.array(Stock).optional().openapi({ description: 'Of one saga, with books' }),
    payments: Payments.optional(),
  })
  .openapi('DiagnosisReport');

export function diagnosisEndpoint({
  engine,
  catalogue,
  reader,
  books,
}: {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly reader: SagaReader;
  /** Left out: this server knows of no books. */
  readonly books: (() => Promise<readonly Book[]>) | undefined;
}): Endpoint {
  return endpoint({
    method: 'get',
    path: '/api/admin/diagnosis',
    role: 'admin',
    tag: 'Administration',
    summary: 'Why sagas did not complete: root causes, evidence and remedies',
    query: Query,
    answers: { 200: [`Of one saga, or of the newest ${SAGAS_MAX} that did not complete`, DiagnosisReport] },
    async handle({ query: { saga, hours, books: withBooks }, record }) {
      const wanted = saga === undefined ? undefined : await reader.log(saga);
      if (saga !== undefined) record.saga = saga;
      const { logs, others, nowUs } = await troubledSagas(catalogue, { hours, sagasMax: SAGAS_MAX });
      const beside = [...logs, ...others].filter(([first]) => first?.saga !== saga);
      const servicesOf = (log: readonly StoredEvent[]): ServiceOf => servicesBy(engine, log);
      const asked = wanted === undefined ? { logs, others } : { logs: [wanted], others: beside };
      if (withBooks === 'false') return { value: reportOf(diagnoseAll({ ...asked, servicesOf, nowUs })) };
      const read = await readable(books)();
      const diagnoses = diagnoseAll({ ...asked, servicesOf, nowUs, effectsOf: effectsIn(read) });
      const booked = wanted === undefined ? {} : bookedOf(wanted, beside, read);
      return { value: { ...reportOf(diagnoses), ...booked } };
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

/** What the books have of one saga. */
function bookedOf(
  log: readonly StoredEvent[],
  beside: readonly (readonly StoredEvent[])[],
  books: readonly Book[],
): Pick<z.output<typeof DiagnosisReport>, 'stock' | 'payments'> {
  const byId = new Map(beside.map((one) => [one[0]!.saga, one]));
  const facts = { log, books, logOf: (saga: string) => byId.get(saga) };
  const payments = paymentReport(facts);
  return {
    stock: stockReports(facts).map(stockOf),
    ...(payments === undefined ? {} : { payments: paymentsOf(payments) }),
  };
}

function stockOf({ own, concurrent, holders, ...rest }: StockReport): z.output<typeof Stock> {
  return { ...rest, own: own.map(moveOf), concurrent: concurrent.map(moveOf), holders: [...holders] };
}

function moveOf({ level, atUs, ...move }: StockMove): z.output<typeof Move> {
  return { ...move, onHand: level.onHand, atUs: atUs ?? null };
}

function paymentsOf({ chain, lookalikes }: PaymentReport): z.output<typeof Payments> {
  return {
    chain: chain.map(({ conflict = null, ...link }) => ({ ...link, conflict })),
    lookalikes: [...lookalikes],
  };
}
