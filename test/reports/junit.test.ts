// JUnit XML as CI servers read it: well-formed whatever a message says, in the shape that their schemas have in common.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../reports/index.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import { junitErrors } from './published-schemas.ts';
import { broken, failing, held, inconclusive, nondeterministic, violated } from './records.ts';
import { type Node, treeOf } from './xml-tree.ts';

const SUITES = ['name', 'tests', 'failures', 'errors', 'time'];
const SUITE = 'name package id timestamp hostname tests failures errors skipped time'.split(' ');
const CASE = ['name', 'classname', 'time'];

/** The shape, and that what is counted adds up, which no schema says. */
function checkShape(root: Node): void {
  expect(root.name).toBe('testsuites');
  expect(Object.keys(root.attributes)).toEqual(SUITES);
  for (const suite of root.children) {
    expect(suite.name).toBe('testsuite');
    expect(Object.keys(suite.attributes)).toEqual(SUITE);
    expect(suite.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(suite.children.map(({ name }) => name).join(' ')).toMatch(
      /^properties( testcase)+ system-out system-err$/,
    );
    for (const one of casesOf(suite)) {
      expect(Object.keys(one.attributes)).toEqual(CASE);
      expect(one.children.length).toBeLessThanOrEqual(1);
      for (const child of one.children) expect(['skipped', 'failure', 'error']).toContain(child.name);
    }
    expect(countsIn(suite)).toEqual(countsOf([suite]));
  }
  const { skipped: _, ...counts } = countsOf(root.children);
  expect(countsIn(root)).toMatchObject(counts);
}

const casesOf = (suite: Node) => suite.children.filter(({ name }) => name === 'testcase');
const outcomeOf = (one: Node) => one.children[0]?.name ?? 'passed';

function countsIn({ attributes }: Node) {
  const of = (name: string) => Number(attributes[name] ?? 0);
  return { tests: of('tests'), failures: of('failures'), errors: of('errors'), skipped: of('skipped') };
}

function countsOf(suites: readonly Node[]) {
  const cases = suites.flatMap(casesOf);
  const count = (outcome: string) => cases.filter((one) => outcomeOf(one) === outcome).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

/** How each case ended, by the beginning of its name. */
function outcomes(record: RunRecord): Readonly<Record<string, string>> {
  const [suite] = treeOf(renderJunit([record])).children;
  return Object.fromEntries(
    casesOf(suite!).map((one) => [one.attributes.name!.split(': ')[0], outcomeOf(one)]),
  );
}

test('every verdict is valid by the schema that Jenkins publishes, which finds what is wrong', async () => {
  const xml = renderJunit([held, violated, inconclusive, nondeterministic, broken, failing(12)]);
  expect(await junitErrors(xml)).toEqual([]);
  expect(await junitErrors(xml.replace('<testcase ', '<testcase colour="red" '))).toHaveLength(1);
});

describe('JUnit XML', () => {
  test('has the shape that the common schemas ask for, for records of every verdict together', () => {
    const records = [held, violated, inconclusive, nondeterministic, broken, failing(12)];
    const root = treeOf(renderJunit(records));
    expect(root.children.map(({ attributes }) => attributes.name)).toEqual(
      records.map(({ scenario }) => scenario),
    );
    checkShape(root);
  });

  test('has a case per invariant, skipped where there was nothing to judge', () => {
    expect(outcomes(violated)).toEqual({
      'money-conserved': 'failure',
      'at-most-once': 'passed',
      'stock-conserved': 'skipped',
      deterministic: 'skipped',
    });
  });

  test('has a case per service level and per thing that must happen', () => {
    expect(outcomes(broken)).toMatchObject({
      'slo/sagaP50Ms': 'failure',
      'slo/sagaP99Ms': 'passed',
      'slo/detectionMs': 'skipped',
      deterministic: 'passed',
    });
    const xml = renderJunit([broken]);
    expect(xml).toContain(
      '<testcase name="Sometimes true: a refund is needed" classname="bank-transfer.sometimes" time="0"/>',
    );
    expect(xml).toContain('<failure message="never true in 40 runs: the moon is reached" type="never-true">');
  });

  test('a campaign that proves nothing is an error', () => {
    expect(outcomes(inconclusive)).toMatchObject({ verdict: 'error' });
    expect(outcomes(held)).not.toHaveProperty('verdict');
  });

  test('a run that differs the second time is a failure', () => {
    expect(outcomes(nondeterministic)).toMatchObject({ deterministic: 'failure' });
  });

  test('a failure holds message, seed, the small run and the command that runs it again', () => {
    const [suite] = treeOf(renderJunit([failing(1)])).children;
    const [first, second] = casesOf(suite!).map(({ children }) => children[0]!);
    expect(first!.attributes).toEqual({ message: 'failure number 0', type: 'violation' });
    expect(first!.text).toContain('seed: nightly/1841 (saga s-0 at 12.4 s; 1 of 1 run)');
    expect(first!.text).toContain(
      'shrunk: One saga and one fault (the reply is lost) break money-conserved.',
    );
    expect(first!.text).toContain('replay: npx sagastorm replay .sagastorm/failures/');
    expect(second!.text).toBe(first!.text); // at-most-once: the same faults break it
  });

  test('all distinct failures of an invariant are told in its one case', () => {
    const [suite] = treeOf(renderJunit([failing(3)])).children;
    const failure = casesOf(suite!)[0]!.children[0]!;
    expect(failure.attributes.message).toBe('failure number 0 (and 2 more, distinct)');
    for (const i of [0, 1, 2]) expect(failure.text).toContain(`failure number ${i}`);
  });

  test('a pinned failure of an invariant that is gone is told all the same', () => {
    const [violation] = violated.violations;
    const record: RunRecord = {
      ...held,
      violations: [{ ...violation!, invariant: 'gone', statement: 'Was true' }],
    };
    expect(outcomes(record)).toMatchObject({ gone: 'failure' });
  });

  test('control characters become their pictures, and what is text stays text', () => {
    const [violation] = violated.violations;
    const message = 'a\u0000b\u001b[31m "<&>" ]]>\ud800\uffff\ttab\nline';
    const record = { ...violated, violations: [{ ...violation!, message }] };
    const [suite] = treeOf(renderJunit([record])).children;
    expect(casesOf(suite!)[0]!.children[0]!.attributes.message).toBe(
      'a\u2400b\u241b[31m "<&>" ]]>\ufffd\ufffd\ttab\nline',
    );
  });

  test('is well-formed whatever seeds, messages and names say', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (message, rootSeed, statement) => {
        const [violation] = violated.violations;
        const invariants = violated.invariants.map((invariant) => ({ ...invariant, statement }));
        const record = {
          ...violated,
          rootSeed,
          invariants,
          violations: [{ ...violation!, message, statement }],
        };
        checkShape(treeOf(renderJunit([record])));
      }),
    );
  });
});
