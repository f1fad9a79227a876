// `GET /api/admin/reconciliation`: whether the books of the services agree with the log, in the words of `sagastorm reconcile`.

import { z } from '@hono/zod-openapi';
import type { SagaDefinition } from '../core/define-saga.ts';
import { UserError } from '../core/user-error.ts';
import type { SagaCatalogue } from '../live/index.ts';
import { type Book, isReconciled, type Reconciliation } from '../observe/index.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { Problem } from './problem.ts';
import { reconcileStore } from './reconciliation.ts';

/** Newest first. */
const SAGAS_MAX = 10_000;
/** Of each kind, in one answer. */
const LISTED_MAX = 1_000;
const Count = z.int().min(0);

const Query = z.object({ hours: z.coerce.number().int().min(1).max(8_760).default(24) });

const Operation = {
  saga: z.string(),
  step: z.string(),
  direction: z.enum(['forward', 'compensation']),
  round: Count,
  settle: z.object({
    act: z.enum(['wait', 'resume', 'compensate', 'call', 'restore', 'mend']),
    how: z.string(),
  }),
};

const ReconciliationReport = z
  .object({
    reconciled: z.boolean().openapi({ description: 'Whether nothing differs' }),
    sagas: Count,
    operations: Count,
    entries: Count,
    differencesTotal: Count,
    differences: z.array(
      z
        .object({
          kind: z.string().openapi({ example: 'logged-not-done' }),
          ...Operation,
          service: z.string().nullable(),
          status: z.string().nullable(),
          logSays: z.string(),
          bookSays: z.string(),
        })
        .openapi('LedgerDifference'),
    ),
    inDoubtTotal: Count,
    inDoubt: z.array(
      z.object({ ...Operation, status: z.string(), isDone: z.boolean() }).openapi('OperationInDoubt'),
    ),
    accounts: z
      .array(
        z.object({
          service: z.string(),
          account: z.string(),
          posted: z.int(),
          unexplained: z.int(),
          drift: z.int().nullable(),
        }),
      )
      .openapi({ description: 'Those with something unexplained, or a drift' }),
    items: z
      .array(
        z.object({
          service: z.string(),
          item: z.string(),
          entries: Count,
          unexplained: Count,
          isAsBooked: z.boolean().nullable(),
        }),
      )
      .openapi({ description: 'Those with something unexplained, or another level than booked' }),
    unchecked: z
      .array(
        z
          .object({ definition: z.string(), step: z.string(), service: z.string().nullable(), sagas: Count })
          .openapi('UnjudgedStep'),
      )
      .openapi({
        description: 'Steps whose books are not there; service null where the definition is not known',
      }),
    retiredTotal: Count.openapi({ description: 'Sagas of the books whose logs were retired: not judged' }),
    forgotten: Count.openapi({ description: 'Sagas older than what a book remembers: not judged' }),
    retired: z.array(z.object({ saga: z.string(), retiredAtUs: z.int(), entries: Count })),
  })
  .openapi('Reconciliation');

export function reconciliationEndpoint({
  catalogue,
  definitions,
  books,
}: {
  readonly catalogue: SagaCatalogue;
  readonly definitions: readonly SagaDefinition[];
  /** Left out: this server knows of no books. */
  readonly books: (() => Promise<readonly Book[]>) | undefined;
}): Endpoint {
  return endpoint({
    method: 'get',
    path: '/api/admin/reconciliation',
    role: 'admin',
    tag: 'Administration',
    summary: 'Whether the books of the services agree with the log: what differs, and what settles it',
    query: Query,
    answers: {
      200: [`Of the newest ${SAGAS_MAX} sagas, and whatever else the books mention`, ReconciliationReport],
      404: ['This server knows of no books'],
      502: ['A service cannot show its books'],
    },
    async handle({ query: { hours } }) {
      const found = await reconcileStore({
        catalogue,
        definitions,
        hours,
        sagasMax: SAGAS_MAX,
        books: readable(books),
      });
      return { value: reportOf(found) };
    },
  });
}

/**
 * The books of a server, or how to answer when it has none, or a service cannot show its own.
 *
 * @throws Problem `no-books`
 */
export function readable(
  books: (() => Promise<readonly Book[]>) | undefined,
): () => Promise<readonly Book[]> {
  if (books === undefined) throw unreadable(404, 'this server was told of no books', 'See docs/on-call.md.');
  return () => books().catch(toProblem);
}

function toProblem(error: unknown): never {
  if (error instanceof UserError) throw unreadable(502, error.message, error.hint);
  throw error;
}

function unreadable(status: number, detail: string, hint: string | undefined): Problem {
  return new Problem({ status, code: 'no-books', detail, hint });
}

function reportOf(found: Reconciliation): z.output<typeof ReconciliationReport> {
  const { differences, inDoubt, accounts, items, unchecked, retired, ...counts } = found;
  return {
    reconciled: isReconciled(found),
    ...counts,
    differencesTotal: differences.length,
    differences: differences
      .slice(0, LISTED_MAX)
      .map(({ service = null, status = null, ...one }) => ({ ...one, service, status })),
    inDoubtTotal: inDoubt.length,
    inDoubt: inDoubt.slice(0, LISTED_MAX).map((one) => ({ ...one })),
    accounts: accounts
      .filter(({ unexplained, drift = 0 }) => unexplained !== 0 || drift !== 0)
      .slice(0, LISTED_MAX)
      .map(({ drift = null, ...one }) => ({ ...one, drift })),
    items: items
      .filter(({ unexplained, isAsBooked = true }) => unexplained > 0 || !isAsBooked)
      .slice(0, LISTED_MAX)
      .map(({ isAsBooked = null, ...one }) => ({ ...one, isAsBooked })),
    unchecked: unchecked.map(({ service = null, ...one }) => ({ ...one, service })),
    retiredTotal: retired.length,
    retired: retired.slice(0, LISTED_MAX).map((one) => ({ ...one })),
  };
}
