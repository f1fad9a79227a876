// The way of every request, from its first check to its line in the log:
//
//   record → host (G2) → who asks (A1) → rate → room → time → route → role → origin (G1) → body → endpoint
//
// W1. Whatever happens on the way, it ends in an answer: what is no success is a problem (P1).
// W2. What is refused is refused before it costs anything: before a body is read, before the engine hears of it.

import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { type Access, requireRole } from './access.ts';
import type { ApiLimits } from './api-limits.ts';
import { type ApiApp, type ApiContext, type ApiEnv, type Endpoint, routerPath } from './endpoint.ts';
import { readJson } from './json-body.ts';
import type { ApiMeters } from './meters.ts';
import { refuseForeignHost, refuseForeignOrigin } from './origin-guard.ts';
import { pageResponse } from './page.ts';
import { later, Problem, problemOf, problemResponse } from './problem.ts';
import { asksForPage, problemPage } from './problem-page.ts';
import { askerOf, RateLimit } from './rate-limit.ts';
import { type RequestLog, RequestRecord } from './request-log.ts';

export interface AppParts {
  /** Of two that a path could mean, the first is taken: `/api/sagas/stats` before `/api/sagas/{id}`. */
  readonly endpoints: readonly Endpoint[];
  readonly access: Access;
  readonly limits: ApiLimits;
  readonly log: RequestLog;
  readonly meters: ApiMeters;
  /** No more requests on a connection. */
  readonly isClosing: () => boolean;
}

/** Answers `Request`s; served by serve-api.ts. */
export function apiApp(parts: AppParts): ApiApp {
  const app: ApiApp = new OpenAPIHono<ApiEnv>();
  const pages = new Set(parts.endpoints.flatMap(({ isPage, path }) => (isPage ? [path] : [])));
  app.onError((error, context) => {
    const { method, path } = context.req;
    const record = context.get('record');
    const problem = problemOf(error);
    if (problem.status === 500 || (problem.status > 500 && error.cause !== undefined)) record.error = error;
    record.problem = problem;
    return pages.has(path) && asksForPage(method, context.req.header('accept'))
      ? pageResponse(problemPage(problem, path, record.id), problem)
      : problemResponse(problem, record.id);
  });
  app.use(recorded(parts), guarded(parts), bounded(parts));
  mount(app, parts);
  app.all('*', (context) => {
    requireRole(callerOf(context, parts.access, true), 'read', false);
    const hint = 'See /docs for what there is.';
    throw new Problem({ status: 404, code: 'not-found', detail: 'there is nothing at this address', hint });
  });
  return app;
}

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
];

/** W1. */
function recorded({ log, meters, isClosing }: AppParts): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const record = new RequestRecord(context.req.method, context.req.header('traceparent'));
    context.set('record', record);
    await next();
    const { status, headers } = context.res;
    headers.set('x-request-id', record.id);
    for (const [name, value] of HEADERS) headers.set(name, value);
    if (isClosing()) headers.set('connection', 'close');
    meters.answered(record.method, record.route, status, record.durationMs / 1_000);
    log.requested(record, status);
  };
}

function guarded({ access, limits, meters }: AppParts): MiddlewareHandler<ApiEnv> {
  const { requestsPerSecond: perSecond, requestsBurst: burst } = limits;
  const rate = new RateLimit({ perSecond, burst });
  return async (context, next) => {
    if (access.isOpen) refuseForeignHost(context.req.header('host'));
    const caller = callerOf(context, access, true);
    context.set('caller', caller);
    const isNamed = caller !== undefined && !access.isOpen;
    const address = context.env.incoming.socket.remoteAddress ?? 'none';
    const waitS = rate.take(isNamed ? `token ${caller.name}` : askerOf(address));
    if (isNamed) context.get('record').caller = caller.name;
    if (waitS > 0) {
      meters.refused('rate');
      throw later(
        'too-many-requests',
        `at most ${perSecond} requests a second are taken from you`,
        waitS,
        429,
      );
    }
    await next();
  };
}

function callerOf(context: ApiContext, access: Access, takesBasic: boolean) {
  return access.callerOf(context.req.header('authorization'), takesBasic && context.req.method === 'GET');
}

/** Room and time. */
function bounded({ limits, meters }: AppParts): MiddlewareHandler<ApiEnv> {
  let underWay = 0;
  return async (_context, next) => {
    if (underWay >= limits.concurrentMax) {
      meters.refused('room');
      throw later('overloaded', `${underWay} requests are under way, which is the most`, 1);
    }
    underWay++;
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(timedOut(limits)), limits.requestTimeoutMs);
    const work = next().finally(() => underWay--); // one that was given up on takes its room until it ends
    try {
      await Promise.race([work, timer.promise]);
    } finally {
      clearTimeout(timeout);
    }
  };
}

function timedOut({ requestTimeoutMs }: ApiLimits): Problem {
  return new Problem({
    status: 503,
    code: 'timed-out',
    detail: `there was no answer within ${requestTimeoutMs} ms`,
    hint: 'What was asked may have happened: look, or ask again with the same Idempotency-Key.',
    headers: { 'retry-after': '1' },
  });
}

function mount(app: ApiApp, parts: AppParts): void {
  for (const [path, endpoints] of Map.groupBy(parts.endpoints, ({ path }) => path)) {
    for (const endpoint of endpoints) {
      app.openAPIRegistry.registerPath(endpoint.route);
      app.on(endpoint.method.toUpperCase(), routerPath(path), (context) => answer(context, endpoint, parts));
    }
    app.all(routerPath(path), (context) => {
      context.get('record').route = path;
      requireRole(callerOf(context, parts.access, true), 'read', false);
      throw notAllowed(endpoints);
    });
  }
}

/** W2. */
async function answer(
  context: ApiContext,
  endpoint: Endpoint,
  { access, limits }: AppParts,
): Promise<Response> {
  const { req } = context;
  const { role, isPage, method, path, body } = endpoint;
  context.get('record').route = path;
  if (role !== 'open') requireRole(callerOf(context, access, isPage), role, isPage);
  if (method !== 'get') {
    const [origin, host, fetchSite] = [
      req.header('origin'),
      req.header('host'),
      req.header('sec-fetch-site'),
    ];
    refuseForeignOrigin({ origin, host, fetchSite });
  }
  return endpoint.answer(
    context,
    body === 'none' ? undefined : await readJson(req.raw, limits, body === 'optional'),
  );
}

function notAllowed(endpoints: readonly Endpoint[]): Problem {
  const methods = endpoints.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  return new Problem({
    status: 405,
    code: 'method-not-allowed',
    detail: `this address takes ${methods.join(', ')}`,
    headers: { allow: methods.join(', ') },
  });
}
