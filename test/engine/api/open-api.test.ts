// The OpenAPI document: whole, and true of what the server answers.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { APPLIED, NO } from '../live/stage.ts';
import { EXAMPLE, served } from './served.ts';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly summary?: string;
  readonly requestBody?: unknown;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>
  >;
}

/** A validator of what an operation answers. */
function validator(document: Document) {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ },
  });
  ajv.addSchema(document, 'api');
  return (method: string, path: string, status: number, type: string, value: unknown): readonly string[] => {
    const { responses } = document.paths[path]![method.toLowerCase()]!;
    const key = responses[status] === undefined ? 'default' : String(status);
    const media = type.split(';')[0]!;
    if (responses[key]?.content?.[media] === undefined) return [`${status} ${media} is not in the document`];
    const at = ['paths', path, method.toLowerCase(), 'responses', key, 'content', media, 'schema'];
    const pointer = at.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const validate = ajv.compile({ $ref: `api#/${encodeURI(pointer)}` });
    return validate(value)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}

test('every operation says what it does and answers, and every reference leads somewhere', async () => {
  const { ask } = await served();
  const document = (await ask('GET', '/openapi.json')).json as unknown as Document;
  expect(document.openapi).toBe('3.1.0');
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      expect([path, method, operation.summary]).toEqual([path, method, expect.stringMatching(/\w/)]);
      expect(Object.keys(operation.responses)).toContain('default');
      expect(operation.requestBody === undefined).toBe(method === 'get' || method === 'delete');
    }
  }
  const text = JSON.stringify(document);
  const schemas = (document as unknown as { components: { schemas: Json } }).components.schemas;
  for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
    expect(schemas).toHaveProperty(name!);
  const ajv = new Ajv2020({ strict: false });
  for (const schema of Object.values(schemas)) expect(ajv.validateSchema(schema as object)).toBe(true);
});

test('what the server answers is what the document says', async () => {
  const { ask, transport, host } = await served();
  const document = (await ask('GET', '/openapi.json')).json as unknown as Document;
  const check = validator(document);
  const wrong: string[] = [];
  const call = async (method: string, path: string, id = '', body?: unknown) => {
    const { status, headers, json, text } = await ask(method, path.replace('{id}', id), body);
    const type = headers.get('content-type');
    if (status === 204) return json;
    const value = type?.includes('json') === true ? json : text;
    wrong.push(
      ...check(method, path.split('?')[0]!, status, type ?? '', value).map(
        (why) => `${method} ${path}: ${why}`,
      ),
    );
    return json;
  };
  const order = { customerId: 'c-1', items: [{ productId: 'p', quantity: 1, price: 1.5 }] };
  const done = String((await call('POST', '/api/sagas', '', EXAMPLE)).id);
  transport.answer = ({ action }) => (action === 'charge' ? NO : APPLIED);
  const undone = String((await call('POST', '/api/sagas', '', { ...EXAMPLE, timeout: 400 })).id);
  const placed = String((await call('POST', '/api/orders', '', order)).orderId);
  await host.whenEnded(placed);
  transport.answer = () => undefined;
  const open = String((await call('POST', '/api/sagas', '', { name: 'order', input: {} })).id);
  for (const id of [done, undone, placed, open, 'none', '-']) {
    for (const part of ['', '/status', '/why', '/events']) await call('GET', `/api/sagas/{id}${part}`, id);
    await call('GET', '/api/admin/sagas/{id}', id);
    await call('GET', '/api/orders/{id}', id);
    await call('PUT', '/api/sagas/{id}/compensate', id);
    await call('POST', '/api/sagas/{id}/retry', id);
    await call('DELETE', '/api/sagas/{id}', id);
  }
  for (const path of [
    '/api/sagas',
    '/api/admin/sagas/failed',
    '/api/admin/diagnosis',
    '/api/admin/diagnosis?saga=none',
    '/api/admin/reconciliation',
    '/api/sagas/stats',
    '/api/sagas/health',
    '/health',
  ]) {
    await call('GET', path);
  }
  for (const path of ['/', '/docs', '/openapi.json', '/metrics', '/api/sagas/metrics'])
    await call('GET', path);
  for (const body of [{}, { name: 1 }, []]) await call('POST', '/api/sagas', '', body);
  await call('POST', '/api/orders', '', {});
  expect(wrong).toEqual([]);
});
