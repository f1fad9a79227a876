// What goes over the wire, as schemas: requests are checked against them, and the OpenAPI document shows them.

import { z } from '@hono/zod-openapi';
import { STEPS_MAX } from '../core/define-saga.ts';
import { FAILURE_CLASSES } from '../core/protocol.ts';
import { REPAIR_KINDS } from '../core/repair-act.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import { STEP_KINDS } from '../core/step-shape.ts';

const STEP_STATUSES = [
  'pending',
  'running',
  'retrying',
  'applied',
  'rejected',
  'unknown',
  'compensating',
  'compensated',
  'compensation_failed',
  'skipped',
] as const;

const SagaStatus = z.enum(SAGA_STATUSES).openapi('SagaStatus');
const StepStatus = z.enum(STEP_STATUSES).openapi('StepStatus');
export const Time = z.iso.datetime().openapi({ example: '2026-01-15T10:30:00.000Z' });
const Count = z.int().min(0);

export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable, for programs' }),
    detail: z.string().openapi({ description: 'One sentence, for people' }),
    hint: z.string().optional().openapi({ description: 'What to do next' }),
    requestId: z.string().optional().openapi({ description: 'The same as in the log of the server' }),
  })
  .openapi('Problem');

export const SagaId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@~-]{0,199}$/, 'it must be 1 to 200 letters, digits and . _ : @ ~ -')
  .openapi({ example: 'saga_456' });
export const IdParams = z.object({ id: SagaId });

const Reason = z
  .object({
    kind: z.enum(['step-failed', 'deadline', 'cancelled']),
    step: z.string().optional(),
    failure: z.enum(FAILURE_CLASSES).optional(),
    reason: z.string().optional(),
  })
  .openapi('StopReason', { description: 'Why forward work ended early' });

const Step = z
  .object({
    id: z.string(),
    service: z.string(),
    action: z.string(),
    compensation: z.string().nullable(),
    status: StepStatus,
    attempts: Count.openapi({ description: 'Attempts begun in its present direction' }),
    retryCount: Count,
    timeout: z.number().nullable().openapi({ description: 'Of one call, in seconds' }),
  })
  .openapi('SagaStep');

export const SagaView = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.int().min(1),
    status: SagaStatus,
    currentStep: z.string().nullable().openapi({ description: 'The first of those under way' }),
    completedSteps: z.array(z.string()).openapi({ description: 'Steps whose effect stands' }),
    failedSteps: z.array(z.string()),
    createdAt: Time,
    updatedAt: Time,
    endedAt: Time.nullable(),
    timeout: z.number().nullable().openapi({ description: 'For forward work, in seconds' }),
    deadline: Time.nullable(),
    retryCount: Count.openapi({ description: 'How often a person began it anew' }),
    reason: Reason.nullable(),
    steps: z.array(Step),
  })
  .openapi('Saga');

export const SagaStanding = z
  .object({ id: z.string(), status: SagaStatus, currentStep: z.string().nullable(), updatedAt: Time })
  .openapi('SagaStanding');

/** What people did. */
export const PastActs = z
  .array(
    z
      .object({
        act: z.enum(REPAIR_KINDS),
        id: z.string(),
        step: z.string().nullable(),
        by: z.string(),
        why: z.string().nullable(),
        at: Time,
      })
      .openapi('PastAct'),
  )
  .openapi({ description: 'What people did to it, oldest first' });

export const SagaWaiting = z
  .object({
    sagaID: z.string(),
    status: SagaStatus,
    waitsFor: z.enum(['nothing', 'person', 'retry', 'answer', 'engine']),
    since: Time,
    until: Time.nullable(),
    stuck: z.boolean(),
    sentence: z.string(),
    next: z.string(),
    remedy: z.string().nullable(),
    calls: z.array(
      z
        .object({
          step: z.string(),
          direction: z.enum(['forward', 'compensation']),
          attempt: z.int(),
          since: Time,
          due: Time.nullable(),
          failure: z.string().nullable(),
        })
        .openapi('OpenCall'),
    ),
    acts: PastActs,
  })
  .openapi('SagaWaiting');

export const SagaList = z
  .object({
    sagas: z.array(
      z
        .object({
          id: z.string(),
          name: z.string(),
          version: z.int(),
          status: SagaStatus,
          createdAt: Time,
          updatedAt: Time,
          endedAt: Time.nullable(),
        })
        .openapi('SagaSummary'),
    ),
    next: z.string().nullable().openapi({ description: 'The cursor of the next page' }),
  })
  .openapi('SagaList');

export const EventList = z
  .object({
    schema: z.literal('sagastorm/events@1'),
    sagaID: z.string(),
    events: z.array(
      z
        .object({
          id: z.string(),
          sagaID: z.string(),
          stepID: z.string(),
          version: z.int().min(1).openapi({ description: 'Its place in the log: 1, 2, 3, …' }),
          type: z.string(),
          status: z.enum(['started', 'retrying', 'success', 'failed']),
          payload: z.record(z.string(), z.unknown()),
          timestamp: Time,
          error: z.string().optional(),
        })
        .openapi('SagaEvent'),
    ),
    next: z.int().nullable().openapi({ description: 'For `after`, when there are more' }),
  })
  .openapi('SagaEvents');

const NewStep = z
  .object({
    id: z.string(),
    service: z.string(),
    action: z.string(),
    compensation: z.string().optional(),
    payload: z.record(z.string(), z.unknown()).optional().openapi({
      description: '`amount` is money in the unit of its `currency`; all other numbers are whole',
    }),
    after: z.array(z.string()).optional().openapi({ description: 'Default: the step before' }),
    kind: z.enum(STEP_KINDS).optional(),
    effects: z.literal('none').optional(),
    isolation: z
      .union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))])
      .optional()
      .openapi({ description: 'What the step does about other sagas: see docs/isolation.md' }),
    timeout: z.int().min(1).max(86_400).optional().openapi({ description: 'Of one call, in seconds' }),
    maxRetries: z.int().min(0).max(999).optional(),
  })
  .openapi('NewSagaStep');

const NewSaga = z
  .object({
    name: z.string(),
    version: z.int().min(1).optional(),
    timeout: z.int().min(1).optional().openapi({ description: 'For forward work, in seconds' }),
    maxRetries: z.int().min(0).max(999).optional(),
    steps: z.array(NewStep).min(1).max(STEPS_MAX),
  })
  .openapi('NewSaga', {
    description: 'A saga that brings its steps along',
    example: {
      name: 'order_processing',
      steps: [
        {
          id: 'reserve_inventory',
          service: 'inventory',
          action: 'reserve',
          compensation: 'release',
          payload: { productId: 'prod_123', quantity: 2 },
        },
        {
          id: 'process_payment',
          service: 'payment',
          action: 'charge',
          compensation: 'refund',
          payload: { amount: 99.99, currency: 'USD' },
        },
      ],
      timeout: 300,
    },
  });

export const RegisteredSaga = z
  .strictObject({
    name: z.string(),
    version: z.int().min(1).optional().openapi({ description: 'Default: the latest' }),
    input: z.unknown().openapi({ description: 'What the definition asks for' }),
  })
  .openapi('RegisteredSaga', { description: 'A saga of a definition that the server knows' });

export const CreateSaga = z.union([NewSaga, RegisteredSaga]).openapi('CreateSaga');

export const CompensateSaga = z
  .strictObject({
    sagaID: z.string().optional(),
    stepID: z.string().optional().openapi({ description: 'Not to be given: a saga is undone as a whole' }),
    reason: z.string().max(500).optional().openapi({ description: 'Why; it is kept in the log' }),
  })
  .openapi('CompensationRequest');

export const IdempotencyHeader = z.object({
  'idempotency-key': z.string().min(1).max(200).optional().openapi({
    description: 'Visible ASCII. The same key always means the same saga: ask again as often as you like',
  }),
});

/** Of a page. */
export const Paging = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'it must be the `next` of the page before')
    .optional(),
};
