// `/api/transactions`: what people ask of two-phase commit. Which coordinators have not finished, who voted what, who is in
// doubt and holds locks, and what recovery did. Read off the logs; only sagas that `twoPhaseCommit` made are told of.

import { z } from '@hono/zod-openapi';
import type { SagaDefinition } from '../core/define-saga.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import type { SagaCatalogue } from '../live/index.ts';
import { isTwoPhase, type TransactionView, transactionView } from '../two-phase-commit/index.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { Problem } from './problem.ts';
import type { ReadSaga, SagaReader } from './saga-reader.ts';
import { isoTime } from './saga-view.ts';
import { IdParams, Paging, Time } from './schemas.ts';

const TAG = 'Two-phase commit';
const OPEN: readonly SagaStatus[] = ['created', 'running', 'compensating', 'compensation_failed'];

const Transaction = z
  .object({
    transactionId: z.string(),
    name: z.string(),
    state: z.enum([
      'preparing',
      'committing',
      'committed',
      'aborting',
      'aborted',
      'needs-a-person',
      'resolved-by-hand',
    ]),
    createdAt: Time,
    updatedAt: Time,
    inDoubt: z
      .array(z.string())
      .openapi({ description: 'Participants that may be prepared, and hold locks' }),
    votes: z.array(
      z.object({
        step: z.string(),
        service: z.string(),
        vote: z.enum(['yes', 'no', 'unknown', 'none']),
        votedAt: Time.nullable(),
        inDoubt: z.boolean(),
      }),
    ),
    recoveries: z
      .array(z.object({ at: Time, epoch: z.int(), action: z.string() }))
      .openapi({ description: 'Each time that another coordinator process went on with it' }),
  })
  .openapi('Transaction');

const TransactionList = z
  .object({ transactions: z.array(Transaction), next: z.string().nullable() })
  .openapi('TransactionList');

export function transactionEndpoints({
  catalogue,
  definitions,
  reader,
}: {
  readonly catalogue: SagaCatalogue;
  /** Those that this server knows; logs of other sagas are not read. */
  readonly definitions: readonly SagaDefinition[];
  readonly reader: SagaReader;
}): readonly Endpoint[] {
  const known = new Set(definitions.filter(isTwoPhase).map(({ name, version }) => `${name}@${version}`));
  return [
    endpoint({
      method: 'get',
      path: '/api/transactions',
      role: 'read',
      tag: TAG,
      summary: 'Transactions whose coordinator has not finished, newest first',
      query: z.object(Paging),
      answers: { 200: ['Those among a page of open sagas', TransactionList] },
      async handle({ query: { limit, cursor } }) {
        const page = await catalogue.find({
          statuses: OPEN,
          limit,
          ...(cursor === undefined ? {} : { cursor }),
        });
        const transactions: unknown[] = [];
        for (const { saga, definition, definitionVersion } of page.sagas) {
          if (known.has(`${definition}@${definitionVersion}`))
            transactions.push(viewOf(await reader.read(saga)));
        }
        return { value: { transactions, next: page.next ?? null } };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/transactions/{id}',
      role: 'read',
      tag: TAG,
      summary: 'Who voted what, who is in doubt, and what recovery did',
      params: IdParams,
      answers: { 200: ['The transaction', Transaction] },
      async handle({ params: { id }, record }) {
        const read = await reader.read(id);
        record.saga = id;
        if (isTwoPhase(read.state.definition)) return { value: viewOf(read) };
        throw new Problem({
          status: 404,
          code: 'not-two-phase',
          detail: 'this saga does not run under two-phase commit',
          hint: `Ask for /api/sagas/${id}.`,
        });
      },
    }),
  ];
}

function viewOf({ log, state }: ReadSaga): z.input<typeof Transaction> {
  const view: TransactionView = transactionView(state.definition, log)!; // a log that was read is not empty
  return {
    transactionId: view.transaction,
    name: state.definition.name,
    state: view.state,
    createdAt: isoTime(log[0]!.atUs),
    updatedAt: isoTime(log.at(-1)!.atUs),
    inDoubt: view.votes.filter(({ isInDoubt }) => isInDoubt).map(({ service }) => service),
    votes: view.votes.map(({ step, service, vote, votedAtUs, isInDoubt }) => ({
      step,
      service,
      vote,
      votedAt: votedAtUs === undefined ? null : isoTime(votedAtUs),
      inDoubt: isInDoubt,
    })),
    recoveries: view.recoveries.map(({ atUs, epoch, action }) => ({ at: isoTime(atUs), epoch, action })),
  };
}
