// `/api/admin/…/repair`: people's acts on sagas. Each is an event in the log, with who and why; what each one means, and when
// it applies, is in engine/core/repair.ts.

import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { REPAIR_KINDS, type RepairAct } from '../core/repair-act.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import type { LiveEngine, SagaCatalogue } from '../live/index.ts';
import { DIAGNOSIS_CLASSES } from '../observe/index.ts';
import { type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { bad, Problem } from './problem.ts';
import { actorOf, type RepairFilter, type RepairResult, Repairs, requireRoleFor } from './repairs.ts';
import type { SagaReader } from './saga-reader.ts';
import { IdParams, SagaId } from './schemas.ts';

const TAG = 'Administration';
const SAGAS_MAX = 500;
const STUCK_MAX_S = 31_536_000;

const Act = {
  act: z.enum(REPAIR_KINDS).openapi({
    description:
      'retry: a new round of what ended without effect. compensate: stop it, and undo. resume: the undos again that were given up. skip: one operation is yours from here on. resolve: the whole saga is',
  }),
  by: z.string().min(1).max(60).optional().openapi({
    description: 'Who; needed where there are no tokens, and beside the name of the token where there are',
  }),
  why: z.string().min(1).max(500).optional().openapi({ description: 'Needed for skip and resolve' }),
  step: z.string().max(200).optional().openapi({
    description: 'For skip: which; may be left out where only one can be skipped',
  }),
  dryRun: z.boolean().default(false).openapi({ description: 'Only say what would happen' }),
};
const ActId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@~-]{0,99}$/, 'it must be 1 to 100 letters, digits and . _ : @ ~ -');

const RepairOne = z
  .strictObject({
    ...Act,
    id: ActId.optional().openapi({ description: 'Of the act: the same id is done once. Default: a new one' }),
  })
  .openapi('Repair');

const RepairMany = z
  .strictObject({
    ...Act,
    id: ActId.openapi({
      description: 'Of the act, on every saga: the same request again does nothing twice',
    }),
    sagas: z.array(SagaId).min(1).max(SAGAS_MAX).optional().openapi({ description: 'These; or a filter' }),
    filter: z
      .strictObject({
        status: z.array(z.enum(SAGA_STATUSES)).min(1).optional(),
        name: z.string().max(100).optional().openapi({ description: 'Of the definition' }),
        stuckSeconds: z.number().min(0).max(STUCK_MAX_S).optional(),
        cause: z.enum(DIAGNOSIS_CLASSES).optional().openapi({ description: 'As the diagnosis names it' }),
      })
      .optional()
      .openapi({ description: 'All of it holds together; it names at least one condition' }),
    limit: z.int().min(1).max(SAGAS_MAX).default(100).openapi({ description: 'Sagas that are looked at' }),
    cursor: z
      .string()
      .regex(/^\d{1,15}$/, 'it must be the `next` of the page before')
      .optional(),
  })
  .openapi('Repairs');

const Result = z
  .object({
    saga: z.string(),
    status: z.enum(SAGA_STATUSES).nullable().openapi({ description: 'Before the act' }),
    result: z.enum(['done', 'done-before', 'refused', 'foreseen', 'failed']).openapi({
      description: 'foreseen: of a dry run, it would be done. failed: ask again, or another worker',
    }),
    reason: z.string().nullable(),
    events: z.array(z.string()).openapi({ description: 'Of a dry run: what the log would say next' }),
  })
  .openapi('RepairResult');

const ResultOfOne = Result.extend({ id: z.string(), by: z.string() }).openapi('RepairAnswer');

const ResultOfMany = z
  .object({
    schema: z.literal('sagastorm/repairs@1'),
    id: z.string(),
    by: z.string(),
    dryRun: z.boolean(),
    counts: z.record(z.string(), z.int()),
    results: z.array(Result),
    next: z.string().nullable().openapi({ description: 'The cursor of the next page' }),
  })
  .openapi('RepairAnswers');

interface RepairParts {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly reader: SagaReader;
  /** Nobody shows a token: who acts must be said. */
  readonly isOpen: boolean;
}

/** The endpoints under which people repair sagas. */
export function repairEndpoints(parts: RepairParts): readonly Endpoint[] {
  const repairs = new Repairs(parts.engine, parts.catalogue);
  return [
    endpoint({
      method: 'post',
      path: '/api/admin/sagas/{id}/repair',
      role: 'operate',
      tag: TAG,
      summary: 'Repair a saga: retry, compensate, resume, skip or resolve',
      description:
        'It is durable when this answers, as one event with who and why. skip and resolve need the role admin: after them the engine claims less.',
      params: IdParams,
      body: { schema: RepairOne },
      answers: { 200: ['What became of it', ResultOfOne] },
      async handle(asked) {
        const { id = randomUUID(), dryRun, ...given } = RepairOne.parse(asked.body);
        const act = actOf(parts, asked, { ...given, id });
        const log = await parts.reader.log(asked.params.id);
        asked.record.saga = asked.params.id;
        const result = await repairs.one(log, act, dryRun);
        if (result.result === 'refused' && !dryRun) throw refused(act, result);
        return { value: { ...result, id, by: act.by } };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/admin/repair',
      role: 'admin',
      tag: TAG,
      summary: 'Repair many sagas, by id or by a filter',
      description:
        'A page at a time, each saga with a result of its own. With dryRun nothing happens, and each line says what would.',
      body: { schema: RepairMany },
      answers: { 200: ['What became of each', ResultOfMany] },
      async handle(asked) {
        const { id, dryRun, sagas, filter, limit, cursor, ...given } = RepairMany.parse(asked.body);
        const act = actOf(parts, asked, { ...given, id });
        const which = sagas ?? { filter: filterOf(filter), cursor };
        if (sagas !== undefined && filter !== undefined) {
          throw bad('a repair is of some sagas or of a filter, not of both', 'Leave one of them out.');
        }
        const { results, next } = await repairs.many({ act, which, limit, isDryRun: dryRun });
        const counts: Record<string, number> = {};
        for (const { result } of results) counts[result] = (counts[result] ?? 0) + 1;
        const schema = 'sagastorm/repairs@1';
        return { value: { schema, id, by: act.by, dryRun, counts, results, next: next ?? null } };
      },
    }),
  ];
}

type Given = Pick<z.output<typeof RepairOne>, 'act' | 'by' | 'why' | 'step'> & { readonly id: string };

function actOf({ isOpen }: RepairParts, { caller }: Asked<unknown, unknown>, given: Given): RepairAct {
  const { act, id, why, step } = given;
  requireRoleFor(act, caller);
  return {
    act,
    id,
    by: actorOf(given.by, caller, isOpen),
    ...(why === undefined ? {} : { why }),
    ...(step === undefined ? {} : { step }),
  };
}

/** @throws Problem 400 `bad-request` for one that would mean all sagas there are */
function filterOf(filter: z.output<typeof RepairMany>['filter']): RepairFilter {
  const { status, name, stuckSeconds, cause } = filter ?? {};
  if (status === undefined && name === undefined && stuckSeconds === undefined && cause === undefined) {
    throw bad(
      'a repair of many needs sagas, or a filter with a condition',
      'Give status, name, stuckSeconds or cause.',
    );
  }
  const stuckUs = stuckSeconds === undefined ? undefined : Math.round(stuckSeconds * 1_000_000);
  return { statuses: status, definition: name, stuckUs, cause };
}

function refused({ act }: RepairAct, { reason }: RepairResult): Problem {
  return new Problem({
    status: 409,
    code: 'refused',
    detail: `${act} does not apply to the saga: ${reason}`,
    hint: 'See why it waits; docs/on-call.md says which act is for what.',
  });
}
