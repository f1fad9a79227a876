// docs/on-call.md: its picture is what its command draws, and its tables name what there is.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EngineMeter } from '../../engine/api/index.ts';
import { REMEDIES } from '../../engine/observe/index.ts';
import { rulesIn } from '../ops/rules.ts';
import { PICTURE, picture } from './trace-picture.ts';

const text = readFileSync('docs/on-call.md', 'utf8');

test('the picture of a trace is what `npm run trace-picture` draws', async () => {
  expect(text).toContain(PICTURE.replace('docs/', ''));
  expect(readFileSync(PICTURE, 'utf8')).toBe(await picture());
});

test('every meter of sagas is explained', () => {
  const names = new EngineMeter().registry.getMetricsAsArray().map(({ name }) => name);
  const written = text.replace(
    '`…_retry_total`, `…_failure_total`',
    '`saga_compensation_retry_total`, `saga_compensation_failure_total`',
  );
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !written.includes(`\`${name}`))).toEqual([]);
});

test('every alert says what to look at first', () => {
  const alerts = rulesIn('ops/prometheus/sagastorm.rules.yml').flatMap(({ alert }) => alert ?? []);
  const named = (alert: string): boolean =>
    text.includes(`\`${alert.replace(/(?<=^ErrorBudgetBurn).*/, '…')}\``);
  expect(alerts.filter((alert) => !named(alert))).toEqual([]);
  expect(text).toContain('\n## When an alert fires\n'); // where the rules send people
});

test('every class of the diagnosis is in its table', () => {
  const classes = Object.keys(REMEDIES).filter((name) => name !== 'none');
  expect(classes.filter((name) => !new RegExp(`^\\|.*\`${name}\`.*\\|.*\\|.*\\|`, 'm').test(text))).toEqual(
    [],
  );
});
