// Rules of Prometheus, read from a file and evaluated over series as time passes; and tests of rules as promtool runs them.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { durationMs, type Expression, type Labels, matchersOf, parse } from './promql.ts';
import { type Element, keyOf, type Sample, SeriesStore, vectorOf } from './promql-value.ts';

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** Of all groups, in their order. */
export function rulesIn(file: string): readonly Rule[] {
  return (parseYaml(readFileSync(file, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);
}

interface ReadRule extends Rule {
  readonly tree: Expression;
  readonly forMs: number;
  /** Since when each element of the result is there. */
  readonly since: Map<string, number>;
  /** What was written the last time. */
  written: ReadonlyMap<string, Labels>;
}

/** Evaluates rules, one time after the other: what they record, and which alerts fire (`ALERTS`), goes into the store. */
export class RuleEngine {
  readonly #rules: readonly ReadRule[];
  readonly #store: SeriesStore;

  constructor(rules: readonly Rule[], store: SeriesStore) {
    this.#store = store;
    this.#rules = rules.map((rule) => ({
      ...rule,
      tree: parse(rule.expr),
      forMs: rule.for === undefined ? 0 : durationMs(rule.for),
      since: new Map(),
      written: new Map(),
    }));
  }

  evaluate(atMs: number): void {
    for (const rule of this.#rules) {
      const found = vectorOf(rule.tree, this.#store, atMs);
      const wanted =
        rule.record === undefined ? alertsOf(rule, found, atMs) : found.map((one) => named(rule, one));
      this.#write(rule, wanted, atMs);
    }
  }

  #write(rule: ReadRule, wanted: readonly Element[], atMs: number): void {
    const present = new Map(wanted.map(({ labels }) => [keyOf(labels), labels]));
    for (const [key, labels] of rule.written)
      if (!present.has(key)) this.#store.add(labels, { atMs, value: undefined });
    for (const { labels, value } of wanted) this.#store.add(labels, { atMs, value });
    rule.written = present;
  }
}

function named({ record, labels }: Rule, one: Element): Element {
  return { labels: { ...one.labels, ...labels, __name__: record! }, value: one.value };
}

function alertsOf(
  { alert, labels, forMs, since }: ReadRule,
  found: readonly Element[],
  atMs: number,
): readonly Element[] {
  const keys = new Set(found.map((one) => keyOf(one.labels)));
  for (const key of since.keys()) if (!keys.has(key)) since.delete(key);
  return found.map((one) => {
    const key = keyOf(one.labels);
    const activeAtMs = since.get(key) ?? atMs;
    since.set(key, activeAtMs);
    const alertstate = atMs - activeAtMs >= forMs ? 'firing' : 'pending';
    const { __name__, ...own } = one.labels;
    return { labels: { ...own, ...labels, __name__: 'ALERTS', alertname: alert!, alertstate }, value: 1 };
  });
}

/** The names of the alerts that fire at a time, sorted, each once. */
export function firingAt(store: SeriesStore, atMs: number): readonly string[] {
  const firing = vectorOf(parse('ALERTS{alertstate="firing"}'), store, atMs);
  return [...new Set(firing.map(({ labels }) => labels.alertname!))].sort();
}

/** A file of `promtool test rules`: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/. */
export interface RuleTests {
  readonly rule_files: readonly string[];
  readonly evaluation_interval: string;
  readonly tests: readonly RuleTest[];
}

export interface RuleTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: null | readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples?: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

/** What an expectation found, beside what it wanted; both sorted. */
export interface Compared {
  readonly what: string;
  readonly found: readonly (readonly [labels: string, value: number])[];
  readonly wanted: readonly (readonly [labels: string, value: number])[];
}

export function readTests(file: string): RuleTests & { readonly rules: readonly Rule[] } {
  const tests = parseYaml(readFileSync(file, 'utf8')) as RuleTests;
  return { ...tests, rules: tests.rule_files.flatMap((one) => rulesIn(join(dirname(file), one))) };
}

/** Runs one test as promtool does. @param stepMs the evaluation interval */
export function runTest(rules: readonly Rule[], test: RuleTest, stepMs: number): readonly Compared[] {
  const store = new SeriesStore();
  const engine = new RuleEngine(rules, store);
  const input = (test.input_series ?? []).map(({ series, values }) => ({
    labels: labelsOf(series),
    samples: expanded(values, durationMs(test.interval)),
  }));
  const expectations = test.promql_expr_test.map((one) => ({ ...one, atMs: durationMs(one.eval_time) }));
  const compared: Compared[] = [];
  for (let atMs = 0; atMs <= Math.max(...expectations.map((one) => one.atMs)); atMs += stepMs) {
    for (const { labels, samples } of input)
      for (const sample of samples.splice(0, samples.filter((one) => one.atMs <= atMs).length))
        store.add(labels, sample);
    engine.evaluate(atMs);
    for (const { expr, eval_time, exp_samples = [] } of expectations.filter((one) => one.atMs === atMs)) {
      const found = vectorOf(parse(expr), store, atMs).map(
        ({ labels, value }) => [keyOf(labels), value] as const,
      );
      const wanted = exp_samples.map(({ labels, value }) => [keyOf(labelsOf(labels)), value] as const);
      compared.push({ what: `${expr} at ${eval_time}`, found: found.sort(), wanted: wanted.sort() });
    }
  }
  if (compared.length < expectations.length) throw new Error(`${test.name}: a time that is never evaluated`);
  return compared;
}

function labelsOf(series: string): Labels {
  return Object.fromEntries(matchersOf(series).map(({ label, value }) => [label, value]));
}

/** `0+10x5 _x3 7`: five steps of ten from 0, three gaps, 7. */
function expanded(values: string, stepMs: number): Sample[] {
  const numbers: (number | undefined)[] = [];
  for (const part of values.trim().split(/\s+/)) {
    const [, from, by, times] = /^(-?[\d.]+|_)(?:([+-][\d.]+))?(?:x(\d+))?$/.exec(part) ?? [];
    if (from === undefined) throw new Error(`no values: ${part}`);
    const count = times === undefined ? 1 : Number(times) + (from === '_' ? 0 : 1);
    for (let i = 0; i < count; i++)
      numbers.push(from === '_' ? undefined : Number(from) + i * Number(by ?? 0));
  }
  return numbers.flatMap((value, i) => (value === undefined ? [] : [{ atMs: i * stepMs, value }]));
}
