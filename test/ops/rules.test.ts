// The rules of ops/prometheus: their own tests, run here and by promtool where it is installed; that each alert has one;
// and that every query there, and on the dashboard, asks for meters that exist.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unknownIn } from './known-meters.ts';
import { durationMs, parse } from './promql.ts';
import { evaluated, SeriesStore } from './promql-value.ts';
import { type Rule, readTests, rulesIn, runTest } from './rules.ts';

const FOLDER = 'ops/prometheus';
const RULES = rulesIn(join(FOLDER, 'sagastorm.rules.yml'));
const TESTS = ['sagastorm.rules.test.yml', 'sagastorm.budget.test.yml'].map((file) =>
  readTests(join(FOLDER, file)),
);
const CASES = TESTS.flatMap(({ tests, rules, evaluation_interval }) =>
  tests.map((one) => [one.name, one, rules, durationMs(evaluation_interval)] as const),
);

describe('the rules', () => {
  test.each(CASES)('%s', (_name, one, rules, stepMs) => {
    for (const { what, found, wanted } of runTest(rules, one, stepMs)) {
      expect(
        found.map(([labels]) => labels),
        what,
      ).toEqual(wanted.map(([labels]) => labels));
      for (const [i, [, value]] of found.entries()) expect(value, what).toBeCloseTo(wanted[i]![1], 9);
    }
  });

  test('each alert fires in a test of its own rules', () => {
    const alerts = RULES.flatMap(({ alert }) => alert ?? []);
    const firing = TESTS.flatMap(({ tests }) => tests)
      .flatMap(({ promql_expr_test }) => promql_expr_test.flatMap(({ exp_samples = [] }) => exp_samples))
      .flatMap(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1] ?? []);
    expect(alerts.length).toBeGreaterThan(10);
    expect([...new Set(firing)].sort()).toEqual(alerts.toSorted());
  });

  test('a test that expects what is not so fails', () => {
    const [, one, rules, stepMs] = CASES.find(([name]) => name === 'nothing happens to one saga')!;
    const patient = rules.map((rule) => ({ ...rule, expr: rule.expr.replace('> 300', '> 3000') }));
    const wrong = runTest(patient, one, stepMs).filter(({ found, wanted }) => found.length !== wanted.length);
    expect(wrong).toHaveLength(1);
  });

  test('each alert says how bad it is, what it is, and where to read on', () => {
    for (const { alert, labels, annotations } of RULES.filter(({ alert }) => alert !== undefined)) {
      expect(labels?.severity, alert).toMatch(/^(critical|warning)$/);
      expect(Object.keys(annotations ?? {}), alert).toEqual(['summary', 'description', 'runbook']);
    }
  });

  const promtool = process.env.PROMTOOL ?? installed('promtool');
  test.skipIf(promtool === undefined)('promtool comes to the same', () => {
    const tests = TESTS.map((_, i) =>
      join(FOLDER, ['sagastorm.rules.test.yml', 'sagastorm.budget.test.yml'][i]!),
    );
    expect(() => execFileSync(promtool!, ['test', 'rules', ...tests], { stdio: 'pipe' })).not.toThrow();
  });
});

describe('a query', () => {
  test.each(RULES.map((rule) => [rule.record ?? rule.alert!, rule] as const))(
    'of the rule %s asks for meters that exist',
    (_name, { expr }) => {
      expect(unknownIn(expr)).toEqual([]);
    },
  );

  test('for a meter that does not exist is found', () => {
    expect(unknownIn('rate(transaction_ended_total[5m])')).toEqual(['transaction_ended_total']);
    expect(unknownIn('sum by (saga) (saga_stuck)')).toEqual([]);
    expect(unknownIn('saga_stuck{type="a"}')).toEqual(['saga_stuck{type}']);
  });
});

function installed(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(':');
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        return readFileSync(path).length > 0;
      } catch {
        return false;
      }
    });
}

describe('the evaluator of this test', () => {
  const store = new SeriesStore();
  const add = (name: string, values: readonly number[], labels: Rule['labels'] = {}): void => {
    for (const [i, value] of values.entries())
      store.add({ __name__: name, ...labels }, { atMs: i * 15_000, value });
  };
  add('grows', [0, 15, 30, 45, 60]);
  add('restarts', [0, 15, 30, 0, 15]);
  add('up', [1, 1, 1, 1, 1], { job: 'a' });
  add('up', [1, 1, 1, 1, 0], { job: 'b' });

  test.each([
    ['1 + 2 * 3', 7],
    ['2 * (1 + 2) - 1', 5],
    ['rate(grows[1m])', [1]],
    ['increase(restarts[1m])', [40]],
    ['sum(up)', [1]],
    ['sum by (job) (up == 1)', [1]],
    ['max(up) - min(up)', [1]],
    ['up{job=~"a|c"}', [1]],
    ['up{job!="a"}', [0]],
    ['absent(nothing)', [1]],
    ['absent(up)', []],
    ['up == 0 or absent(nothing)', [0, 1]],
    ['up and up == 1', [1]],
  ])('%s', (expr, wanted) => {
    const value = evaluated(parse(expr), store, 60_000);
    expect(typeof value === 'number' ? value : value.map((one) => one.value)).toEqual(wanted);
  });

  test('a series that was not read for five minutes is no more', () => {
    expect(evaluated(parse('up'), store, 359_999)).toHaveLength(2);
    expect(evaluated(parse('up'), store, 360_001)).toEqual([]);
  });

  test.each([
    'quantile_over_time(0.9, x[5m])',
    'sum(x) by',
    'x offset 5m',
    'x{a>"1"}',
    'rate(x[5y])',
    '1 +',
    'topk(3, x)',
  ])('refuses %s, which it does not know', (expr) => {
    expect(() => parse(expr)).toThrow();
  });
});
