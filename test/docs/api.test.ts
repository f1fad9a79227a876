// docs/api.md shows what the server takes: each request to it that stands there is made, one after the other.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configOf } from '../../cli/serve-config.ts';
import { sagaFromJson } from '../../engine/index.ts';
import { served } from '../engine/api/served.ts';

const text = readFileSync('docs/api.md', 'utf8');

test('its configuration is one that is taken', () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(text)!;
  const secrets = { PAY_AUTHORIZATION: 'Bearer x', SAGA_TOKEN: 'a'.repeat(32), ADMIN_TOKEN: 'b'.repeat(32) };
  const { services, tokens } = configOf(JSON.parse(json), secrets);
  expect(Object.keys(services)).toEqual(['inventory', 'payment']);
  expect(tokens).toHaveLength(2);
});

test('the saga that it creates is one that is taken', () => {
  const [, body = ''] = /api\/sagas .* -d '([\s\S]*?)'/.exec(text)!;
  const { definition } = sagaFromJson(JSON.parse(body));
  expect(definition.steps.map(({ name }) => name)).toEqual(['reserve_inventory', 'process_payment']);
});

/** A request as a line of `curl` says it, and the statuses that its comment names. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly told: readonly number[];
}

const SERVER = 'localhost:8080';
const LINE = /^curl ((?:'[^']*'|"[^"]*"|[^#'"\n])*)(?:#(.*))?$/gm;

function requests(): readonly Request[] {
  return [...text.matchAll(LINE)].flatMap(([, line, comment = '']) => {
    const words = [...line!.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);
    const after = (flag: string) => words.flatMap((word, i) => (word === flag ? [words[i + 1]!] : []));
    const url = words.find((word) => word.startsWith(SERVER));
    if (url === undefined) return []; // a mock service, at an address of its own
    const [body] = after('-d');
    const [method = body === undefined ? 'GET' : 'POST'] = after('-X');
    const headers = Object.fromEntries(after('-H').map((header) => header.toLowerCase().split(': ')));
    const told = [...comment.matchAll(/\b[1-5]\d\d\b/g)].map(([status]) => Number(status));
    return [{ method, path: url.slice(SERVER.length), headers, body, told }];
  });
}

test('every request that it shows is answered as it says', async () => {
  const { api, ask } = await served();
  const all = requests();
  expect(all.length).toBeGreaterThan(15);
  let id = '';
  for (const { method, path, headers, body, told } of all) {
    const asked = path.replace('$ID', id);
    if (asked.endsWith('/stream')) {
      const { status, body: stream } = await fetch(api.url + asked);
      await stream!.cancel();
      expect(status).toBe(200);
      continue;
    }
    const { status, json } = await ask(method, asked, body, headers);
    const isRight = told.length === 0 ? status === 200 : told.includes(status);
    expect([`${method} ${asked}`, status, isRight]).toEqual([`${method} ${asked}`, status, true]);
    if (status === 201 || status === 202) id = String(json.id ?? json.orderId ?? id);
  }
});
