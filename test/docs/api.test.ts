// docs/api.md shows what the server takes.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configOf } from '../../cli/serve-config.ts';
import { sagaFromJson } from '../../engine/index.ts';

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
