// `/api/sagas`: begin a saga, look at it, stop it, try it again, forget it.

import { createHash, randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { SagaDefinition } from '../core/define-saga.ts';
import { isSameJson } from '../core/json.ts';
import { suggestion } from '../core/nearest.ts';
import { parseInput } from '../core/parse-input.ts';
import type { RepairKind } from '../core/repair-act.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import { whyWaiting } from '../core/waiting.ts';
import { type LiveEngine, liveNowUs, type SagaCatalogue, sagaOfKey } from '../live/index.ts';
import { type Creation, type Creations, checkedKey, type SagaCreated } from './creation.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { bad, Problem } from './problem.ts';
import type { SagaReader } from './saga-reader.ts';
import { unknownSaga } from './saga-reader.ts';
import { eventView, rowView, sagaView, standingView, waitingView } from './saga-view.ts';
import {
  CompensateSaga,
  CreateSaga,
  EventList,
  IdempotencyHeader,
  IdParams,
  Paging,
  RegisteredSaga,
  SagaList,
  SagaStanding,
  SagaView,
  SagaWaiting,
} from './schemas.ts';

export interface SagaParts {
  readonly engine: LiveEngine;
  readonly catalogue: SagaCatalogue;
  readonly definitions: readonly SagaDefinition[];
  readonly reader: SagaReader;
  readonly creations: Creations;
}

const TAG = 'Sagas';

export function sagaEndpoints(parts: SagaParts): readonly Endpoint[] {
  return [
    ...listEndpoints(parts),
    byKeyEndpoint(parts),
    ...oneSagaEndpoints(parts),
    ...eventEndpoints(parts),
    ...wishEndpoints(parts),
  ];
}

const WhichSagas = z.object({
  status: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .openapi({ description: 'One or several, repeated or separated by commas' }),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'it must be the name of a definition')
    .optional(),
  createdFrom: z.iso.datetime({ offset: true }).optional(),
  ...Paging,
});

function listEndpoints(parts: SagaParts): readonly Endpoint[] {
  const { catalogue } = parts;
  return [
    endpoint({
      method: 'post',
      path: '/api/sagas',
      role: 'operate',
      tag: TAG,
      summary: 'Begin a saga',
      description: 'It is durable when this answers: from then on it ends, whatever happens to the server.',
      headers: IdempotencyHeader,
      body: { schema: CreateSaga },
      answers: { 201: ['Begun', SagaView], 200: ['The saga that this key has begun before', SagaView] },
      handle: (asked) => create(parts, asked),
    }),
    endpoint({
      method: 'get',
      path: '/api/sagas',
      role: 'read',
      tag: TAG,
      summary: 'List sagas, newest first',
      query: WhichSagas,
      answers: { 200: ['A page of them', SagaList] },
      async handle({ query: { status, name, createdFrom, limit, cursor } }) {
        const page = await catalogue.find({
          limit,
          ...(status === undefined ? {} : { statuses: statusesOf(status) }),
          ...(name === undefined ? {} : { definition: name }),
          ...(createdFrom === undefined ? {} : { createdFromUs: Date.parse(createdFrom) * 1_000 }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        return { value: { sagas: page.sagas.map(rowView), next: page.next ?? null } };
      },
    }),
  ];
}

/** @throws Problem 400 `bad-query` */
function statusesOf(given: string | readonly string[]): readonly SagaStatus[] {
  return [given].flat().flatMap((text) =>
    text.split(',').map((word) => {
      const status = SAGA_STATUSES.find((known) => known === word);
      if (status !== undefined) return status;
      const shown = JSON.stringify(word.slice(0, 40));
      throw bad(`status ${shown} is not known`, suggestion(word.slice(0, 40), SAGA_STATUSES), 'bad-query');
    }),
  );
}

async function create(parts: SagaParts, { body, header, record }: Asked<unknown, unknown>): Promise<Answer> {
  const creation = creationOf(parts, body, header('idempotency-key'));
  const { id, isNew } = await parts.creations.create(creation);
  record.saga = id;
  const value = sagaView(await parts.reader.read(id));
  return { status: isNew ? 201 : 200, value, headers: { location: `/api/sagas/${id}` } };
}

/** With `steps`, the saga brings its definition along; without, it names one. */
function creationOf(parts: SagaParts, body: unknown, key: string | undefined): Creation {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw bad('the body must be a JSON object', 'See /docs for an example.');
  }
  if (!('steps' in body) && 'name' in body && 'input' in body) return registered(parts, body, key);
  return {
    scope: 'sagas',
    key,
    begin: (options) => parts.engine.createFromJson(body, options),
    isSame: ({ source }) => source !== undefined && isSameJson(source, body),
  };
}

function registered({ engine, definitions }: SagaParts, body: object, key: string | undefined): Creation {
  const { name, version, input } = RegisteredSaga.parse(body);
  const named = definitions.filter((known) => known.name === name);
  const newestFirst = named.toSorted((a, b) => b.version - a.version);
  const definition = newestFirst.find((known) => version === undefined || known.version === version);
  if (definition === undefined) throw unknownDefinition(name, version, definitions);
  return {
    scope: 'sagas',
    key,
    begin: (options) => engine.create(definition, input, options),
    isSame: (created) => isOf(created, named, version, input),
  };
}

/** The input stands in the log as its schema made it. Without a version, any version of the name will do. */
function isOf(
  { definition, definitionVersion, input: logged, source }: SagaCreated,
  named: readonly SagaDefinition[],
  version: number | undefined,
  input: unknown,
): boolean {
  const known = named.find((one) => one.name === definition && one.version === definitionVersion);
  if (source !== undefined || known === undefined || (version ?? definitionVersion) !== definitionVersion)
    return false;
  const parsed = parseInput(known, input);
  return parsed.kind === 'parsed' && isSameJson(parsed.input, logged);
}

function unknownDefinition(
  name: string,
  version: number | undefined,
  known: readonly SagaDefinition[],
): Problem {
  const shown = JSON.stringify(name.slice(0, 100));
  const what = version === undefined ? shown : `${shown} version ${version}`;
  const names = [...new Set(known.map((definition) => definition.name))];
  return bad(
    `this server does not run saga ${what}`,
    suggestion(name.slice(0, 100), names),
    'unknown-definition',
  );
}

/** Before those with an id: an address is read in their order. */
function byKeyEndpoint({ reader }: SagaParts): Endpoint {
  return endpoint({
    method: 'get',
    path: '/api/sagas/by-key',
    role: 'read',
    tag: TAG,
    summary: 'Look at the saga that a key has begun',
    query: z.object({ key: z.string().openapi({ description: 'The Idempotency-Key of POST /api/sagas' }) }),
    answers: { 200: ['The saga', SagaView] },
    async handle({ query: { key }, record }) {
      const id = sagaOfKey(checkedKey(key));
      const saga = await reader.read(id);
      record.saga = id;
      return { value: sagaView(saga) };
    },
  });
}

function oneSagaEndpoints({ catalogue, reader }: SagaParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/sagas/{id}',
      role: 'read',
      tag: TAG,
      summary: 'Look at a saga',
      params: IdParams,
      answers: { 200: ['The saga', SagaView] },
      async handle({ params: { id }, record }) {
        const saga = await reader.read(id);
        record.saga = id;
        return { value: sagaView(saga) };
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/sagas/{id}',
      role: 'admin',
      tag: TAG,
      summary: 'Forget a saga that has ended',
      description: 'With its events. Its Idempotency-Key would begin it anew.',
      params: IdParams,
      answers: { 204: ['Forgotten'] },
      async handle({ params: { id }, record }) {
        const removed = await catalogue.remove(id);
        if (removed === 'unknown') throw unknownSaga();
        record.saga = id;
        if (removed === 'removed') return { status: 204 };
        const detail = 'the saga has not ended, or waits for a person';
        throw new Problem({
          status: 409,
          code: 'not-ended',
          detail,
          hint: 'Only what has ended can be forgotten.',
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/sagas/{id}/status',
      role: 'read',
      tag: TAG,
      summary: 'How a saga stands',
      params: IdParams,
      answers: { 200: ['Its status', SagaStanding] },
      async handle({ params: { id }, record }) {
        const saga = await reader.read(id);
        record.saga = id;
        return { value: standingView(saga) };
      },
    }),
  ];
}

const WhichEvents = z.object({
  after: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
});

function eventEndpoints({ reader }: SagaParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/sagas/{id}/why',
      role: 'read',
      tag: TAG,
      summary: 'On what a saga waits',
      description: 'Since when, until when, what comes next, and what a person can do; read off its log.',
      params: IdParams,
      answers: { 200: ['Why it has not ended', SagaWaiting] },
      async handle({ params: { id }, record }) {
        const waiting = whyWaiting(await reader.log(id), liveNowUs());
        if (waiting === undefined) throw unknownSaga();
        record.saga = id;
        return { value: waitingView(waiting) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/sagas/{id}/events',
      role: 'read',
      tag: TAG,
      summary: 'What happened to a saga, oldest first',
      params: IdParams,
      query: WhichEvents,
      answers: { 200: ['Its events', EventList] },
      async handle({ params: { id }, query: { after, limit }, record }) {
        const log = await reader.log(id);
        record.saga = id;
        const page = log.slice(after, after + limit);
        const next = after + limit < log.length ? after + limit : null;
        return { value: { schema: 'sagastorm/events@1', sagaID: id, events: page.map(eventView), next } };
      },
    }),
  ];
}

/** Of an act, not of a saga. */
const ActHeader = z.object({
  'idempotency-key': IdempotencyHeader.shape['idempotency-key'].openapi({
    description: 'Asked for again under the same key, the act is not done again',
  }),
});
const RetrySaga = z.strictObject({ reason: CompensateSaga.shape.reason });

function wishEndpoints(parts: SagaParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'put',
      path: '/api/sagas/{id}/compensate',
      role: 'operate',
      tag: TAG,
      summary: 'Stop a saga, and undo what it did',
      description: 'A saga whose undo was given up (compensation_failed) goes on with it.',
      params: IdParams,
      headers: ActHeader,
      body: { schema: CompensateSaga, isOptional: true },
      answers: { 202: ['It will be undone', SagaView] },
      handle(asked) {
        const why = checkCompensation(asked.params.id, asked.body);
        return wish(parts, asked, { why, act: 'compensate' });
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/sagas/{id}/retry',
      role: 'operate',
      tag: TAG,
      summary: 'Begin a saga anew that ended without effect',
      description: 'A saga whose undo was given up (compensation_failed) goes on with it.',
      params: IdParams,
      headers: ActHeader,
      body: { schema: RetrySaga, isOptional: true },
      answers: { 202: ['It goes on', SagaView] },
      handle(asked) {
        const { reason: why } = RetrySaga.parse(asked.body ?? {});
        return wish(parts, asked, { why, act: 'retry' });
      },
    }),
  ];
}

/** Why. */
function checkCompensation(id: string, body: unknown): string | undefined {
  const { sagaID = id, stepID, reason } = CompensateSaga.parse(body ?? {});
  if (sagaID !== id) throw bad('sagaID is not the saga of this address', 'Leave it out.');
  if (stepID === undefined) return reason;
  throw bad(
    'a step is not undone by itself',
    'Leave stepID out: the whole saga is undone, in reverse order.',
  );
}

interface Wished {
  readonly why: string | undefined;
  readonly act: 'compensate' | 'retry';
}
type WishedAct = Extract<RepairKind, Wished['act'] | 'resume'>;

/**
 * A person's act in the words of its own address: an event with who asked, once for each Idempotency-Key. Where an undo was given
 * up it is to go on with that; and so it was, when it is asked for again under the same key.
 */
async function wish(
  { engine, reader }: SagaParts,
  { params: { id }, record, caller, header }: Asked<{ readonly id: string }, unknown>,
  { why: given, act: asked }: Wished,
): Promise<Answer> {
  const { state } = await reader.read(id);
  record.saga = id;
  const key = header('idempotency-key');
  const actId =
    key === undefined ? randomUUID() : createHash('sha256').update(key).digest('hex').slice(0, 32);
  const wasResumed = state.acts.some((before) => before.id === actId && before.act === 'resume');
  const act: WishedAct = state.status === 'compensation_failed' || wasResumed ? 'resume' : asked;
  const why = given?.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim(); // one line of the log
  const answer = await engine.repair(id, {
    act,
    id: actId,
    by: caller?.name ?? 'anybody',
    ...(why === undefined || why === '' ? {} : { why }),
  });
  if (answer.kind === 'refused') throw wishRefused(act, (await reader.read(id)).state.status);
  return { status: 202, value: sagaView(await reader.read(id)), headers: { location: `/api/sagas/${id}` } };
}

function wishRefused(act: WishedAct, status: SagaStatus): Problem {
  const done = { compensate: 'stopped', retry: 'begun anew', resume: 'gone on with' }[act];
  return new Problem({
    status: 409,
    code: 'refused',
    detail: `the saga is ${status}, and cannot be ${done} now`,
    hint: 'Look at its events: it may be stopping already, or past its point of no return.',
  });
}
