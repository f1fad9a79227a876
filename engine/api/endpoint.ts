// One endpoint: what it is called, who may use it, what it takes and answers. From this the OpenAPI document is made, and
// the code that runs, so that they cannot differ in what they say of either.
//
// N1. An endpoint sees nothing that was not checked: ids, query and body within bounds.

import type { HttpBindings } from '@hono/node-server';
import { createRoute, type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { suggestion } from '../core/nearest.ts';
import type { Caller, Role } from './access.ts';
import { bad, PROBLEM_TYPE } from './problem.ts';
import type { RequestRecord } from './request-log.ts';
import { ProblemSchema } from './schemas.ts';

export interface ApiEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: { record: RequestRecord; caller: Caller | undefined };
}

export type ApiContext = Context<ApiEnv>;
export type Method = 'get' | 'post' | 'put' | 'delete';

/** Whether a body is read, and whether there must be one. */
export type BodyWish = 'none' | 'optional' | 'required';

export interface Endpoint {
  readonly method: Method;
  /** As OpenAPI writes it: `/api/sagas/{id}`. */
  readonly path: string;
  /** `open`: nobody is asked for a token. */
  readonly role: Role | 'open';
  /** A page that a browser opens by itself. */
  readonly isPage: boolean;
  readonly body: BodyWish;
  readonly route: RouteConfig;
  /** Answers; the role is checked, the body read. */
  answer(context: ApiContext, body: unknown): Promise<Response>;
}

/** What an endpoint is asked. */
export interface Asked<Params, Query> {
  readonly params: Params;
  readonly query: Query;
  /** JSON, or undefined without a body. */
  readonly body: unknown;
  readonly record: RequestRecord;
  /** Who asks, and may; nobody where anybody may. */
  readonly caller: Caller | undefined;
  readonly header: (name: string) => string | undefined;
}

export interface Answer {
  readonly status?: number;
  /** JSON; left out for an answer without a body. */
  readonly value?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of `value`. */
  readonly response?: Response;
}

interface EndpointSpec<Params extends z.ZodObject, Query extends z.ZodObject> {
  readonly method: Method;
  readonly path: string;
  readonly role: Role | 'open';
  readonly isPage?: boolean;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: Params;
  readonly query?: Query;
  /** Headers, for the document. */
  readonly headers?: z.ZodObject;
  readonly body?: { readonly schema: z.ZodType; readonly isOptional?: boolean };
  /** By status: what it means, and its schema, or its media type when it is no JSON. */
  readonly answers: Readonly<Record<number, readonly [what: string, schema?: z.ZodType | string]>>;
  handle(asked: Asked<z.output<Params>, z.output<Query>>): Promise<Answer>;
}

/** Makes an endpoint from its description. */
export function endpoint<
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(spec: EndpointSpec<Params, Query>): Endpoint {
  const { method, path, role, isPage = false, params, query, body } = spec;
  return {
    method,
    path,
    role,
    isPage,
    body: body === undefined ? 'none' : body.isOptional === true ? 'optional' : 'required',
    route: routeOf(spec),
    async answer(context, given) {
      const {
        status = 200,
        value,
        headers = {},
        response,
      } = await spec.handle({
        params: (params?.parse(context.req.param()) ?? {}) as z.output<Params>,
        query: queryOf(query, context.req.queries()) as z.output<Query>,
        body: given,
        record: context.get('record'),
        caller: context.get('caller'),
        header: (name) => context.req.header(name),
      });
      if (response !== undefined) return response;
      const text = value === undefined ? null : JSON.stringify(value);
      const type = text === null ? {} : { 'content-type': 'application/json' };
      return new Response(text, { status, headers: { 'cache-control': 'no-store', ...type, ...headers } });
    },
  };
}

/** N1. A parameter that nothing reads would be misspelt. */
function queryOf(schema: z.ZodObject | undefined, given: Readonly<Record<string, string[]>>): unknown {
  const known = Object.keys(schema?.shape ?? {});
  const stranger = Object.keys(given).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    const shown = JSON.stringify(stranger.slice(0, 40));
    throw bad(`there is no query parameter ${shown}`, suggestion(stranger.slice(0, 40), known), 'bad-query');
  }
  const values = Object.entries(given).map(([name, texts]) => [name, texts.length === 1 ? texts[0] : texts]);
  return schema?.parse(Object.fromEntries(values)) ?? {};
}

const PAGE = { 'text/html': { schema: z.string() } };

function routeOf(spec: EndpointSpec<z.ZodObject, z.ZodObject>): RouteConfig {
  const { method, path, role, tag, summary, description, params, query, headers, body } = spec;
  const answers = Object.entries(spec.answers).map(([status, [what, schema]]) => [
    status,
    { description: what, ...contentOf(schema) },
  ]);
  const problems = {
    description: spec.isPage === true ? 'A problem (RFC 9457); for browsers, a page' : 'A problem (RFC 9457)',
    content: { [PROBLEM_TYPE]: { schema: ProblemSchema }, ...(spec.isPage === true ? PAGE : {}) },
  };
  return createRoute({
    method,
    path,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: role === 'open' ? [] : [{ bearer: [] }],
    'x-role': role,
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined
        ? {}
        : {
            body: {
              required: body.isOptional !== true,
              content: { 'application/json': { schema: body.schema } },
            },
          }),
    },
    responses: { ...Object.fromEntries(answers), default: problems },
  });
}

function contentOf(schema: z.ZodType | string | undefined): object {
  if (schema === undefined) return {};
  return typeof schema === 'string'
    ? { content: { [schema]: { schema: z.string() } } }
    : { content: { 'application/json': { schema } } };
}

/** The path as the router writes it. */
export function routerPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

export type ApiApp = OpenAPIHono<ApiEnv>;
