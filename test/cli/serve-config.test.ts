// The configuration of `sagastorm serve`: what it means, and one clear sentence for whatever is wrong with it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDefinitions } from '../../cli/saga-definitions.ts';
import { configOf, policyNamed, readServeConfig } from '../../cli/serve-config.ts';
import { fixture, freshFolder } from './sagastorm.ts';

const SECRET = 'a-secret-of-sixteen-and-more';
const ENV = { SAGA_TOKEN: SECRET, BANK_AUTH: `Bearer ${SECRET}`, SHORT: 'short' };

test('services, tokens, limits and a policy', () => {
  const { services, tokens, limits, policy } = configOf(
    {
      services: {
        bank: 'http://127.0.0.1:7001',
        stock: {
          baseUrl: 'https://stock.example',
          headersFromEnv: { authorization: 'BANK_AUTH' },
          connectionsMax: 4,
        },
      },
      tokens: [
        { env: 'SAGA_TOKEN', role: 'operate' },
        { sha256: 'a'.repeat(64), role: 'read', name: 'grafana' },
      ],
      limits: { requestsPerSecond: 50 },
      policy: 'patient',
    },
    ENV,
  );
  expect(services).toEqual({
    bank: { baseUrl: 'http://127.0.0.1:7001' },
    stock: {
      baseUrl: 'https://stock.example',
      headers: { authorization: `Bearer ${SECRET}` },
      connectionsMax: 4,
    },
  });
  expect(tokens.map(({ name, role }) => [name, role])).toEqual([
    ['SAGA_TOKEN', 'operate'],
    ['grafana', 'read'],
  ]);
  expect([limits.requestsPerSecond, limits.bodyBytesMax, policy?.name]).toEqual([50, 262_144, 'patient']);
});

test('F1: the token itself is not kept', () => {
  const config = configOf({ tokens: [{ env: 'SAGA_TOKEN', role: 'admin' }] }, ENV);
  expect(JSON.stringify(config)).not.toContain(SECRET);
});

test('a policy may be written out', () => {
  expect(configOf({ policy: { name: 'mine', callTimeoutMs: 2_000 } }, {}).policy?.name).toBe('mine');
});

test.each([
  [[], /the configuration must be a JSON object/],
  [{ service: {} }, /unknown member "service"/, /Did you mean "services"/],
  [{ services: { bank: { baseURL: 'x' } } }, /services\.bank: unknown member "baseURL"/, /"baseUrl"/],
  [{ services: { bank: {} } }, /services\.bank\.baseUrl must be a text/],
  [{ services: { bank: { baseUrl: 'x', headersFromEnv: { a: 'NONE' } } } }, /variable NONE is not set/],
  [
    { services: { bank: { baseUrl: 'x', headersFromEnv: { a: 'Bearer x' } } } },
    /name of an environment variable/,
  ],
  [{ tokens: {} }, /tokens must be a list/],
  [{ tokens: [{ env: 'SAGA_TOKEN', role: 'operater' }] }, /tokens\[0\]\.role/, /Did you mean "operate"/],
  [{ tokens: [{ role: 'read' }] }, /needs either "env" or "sha256"/],
  [{ tokens: [{ env: 'SAGA_TOKEN', sha256: 'x', role: 'read' }] }, /needs either "env" or "sha256"/],
  [{ tokens: [{ env: 'MISSING', role: 'read' }] }, /variable MISSING is not set/, /openssl rand/],
  [{ tokens: [{ env: 'SHORT', role: 'read' }] }, /token SHORT has fewer than 16 characters/],
  [{ tokens: [{ token: SECRET, role: 'read' }] }, /unknown member "token"/],
  [{ limits: { requestsPerSecnd: 1 } }, /unknown member "requestsPerSecnd"/, /"requestsPerSecond"/],
  [{ limits: { requestsPerSecond: 0 } }, /limits\.requestsPerSecond is 0/],
  [{ policy: 'patint' }, /no policy called "patint"/, /"patient"/],
  [{ policy: { name: 'x', callTimeout: 1 } }, /unknown member "callTimeout"/],
])('%j is refused', (config, sentence, hint = /./) => {
  expect(() => configOf(config, ENV)).toThrow(
    expect.objectContaining({
      name: 'UserError',
      message: expect.stringMatching(sentence),
      hint: expect.toSatisfy((text: string | undefined) => hint.test(text ?? 'none')),
    }),
  );
});

test('no message shows a secret', () => {
  for (const config of [
    { tokens: [{ env: 'SHORT', role: 'read' }] },
    { tokens: [{ env: 'SAGA_TOKEN', role: 'x' }] },
  ]) {
    expect(() => configOf(config, { ...ENV, SHORT: 'hunter2' })).toThrow(/^(?!.*hunter2)(?!.*a-secret)/);
  }
});

test('a file is read; without one all is as by default', () => {
  const file = join(freshFolder(), 'config.json');
  writeFileSync(file, '{ "services": { "bank": "http://localhost:1" } }');
  expect(readServeConfig(file, {}).services).toHaveProperty('bank');
  expect(readServeConfig(undefined, {})).toMatchObject({ services: {}, tokens: [], policy: undefined });
  expect(() => readServeConfig('none.json', {})).toThrow(/no file none\.json/);
});

test('a policy is found by its name, or in its file', () => {
  const file = join(freshFolder(), 'policy.json');
  writeFileSync(file, '{ "name": "from-a-file" }');
  expect([policyNamed('patient').name, policyNamed(file).name]).toEqual(['patient', 'from-a-file']);
});

test('definitions are what a module exports, alone or in a list', async () => {
  const found = await loadDefinitions(fixture('definitions.ts'));
  expect(found.map(({ name, version }) => [name, version]).sort()).toEqual([
    ['transfer', 1],
    ['transfer', 2],
  ]);
});

test.each([
  ['none.ts', /no module none\.ts/],
  [fixture('deed.json'), /no module/],
  [fixture('exports-nothing.ts'), /exports no saga/],
  [fixture('throws.ts'), /could not be loaded: the notary is on holiday/],
])('the module %s is refused', async (path, sentence) => {
  await expect(loadDefinitions(path)).rejects.toThrow(sentence);
});
