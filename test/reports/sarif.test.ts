// SARIF as code scanning takes it: the published structure, and fingerprints that stay with a failure.

import { expect, test } from 'vitest';
import { renderSarif } from '../../reports/index.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import { sarifErrors } from './published-schemas.ts';
import { broken, failing, held, inconclusive, nondeterministic, violated } from './records.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly message: { readonly text: string };
  readonly locations?: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function runOf(records: readonly RunRecord[], folder?: string) {
  const log = JSON.parse(renderSarif(records, folder)) as {
    readonly runs: readonly [
      {
        readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
        readonly invocations: readonly { readonly toolExecutionNotifications: readonly unknown[] }[];
        readonly results: readonly Result[];
      },
    ];
  };
  expect(sarifErrors(log)).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

test('records of every verdict make one run of the published structure', () => {
  const { results, tool } = runOf([held, violated, inconclusive, nondeterministic, broken, failing(12)]);
  expect(results).toHaveLength(0 + 1 + 0 + 1 + 2 + 12);
  const ids = tool.driver.rules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { ruleId, ruleIndex } of results) expect(ids[ruleIndex]).toBe(ruleId);
});

test('there is a rule per invariant and promise; those of a scenario bear its name', () => {
  const { rules } = runOf([broken]).tool.driver;
  expect(rules.map(({ id }) => id)).toEqual([
    'money-conserved',
    'at-most-once',
    'bank-transfer/one-invoice',
    'bank-transfer/sometimes/a refund is needed',
    'bank-transfer/sometimes/the moon is reached',
    'bank-transfer/slo/sagaP50Ms',
    'bank-transfer/slo/sagaP99Ms',
    'bank-transfer/slo/detectionMs',
    'deterministic',
  ]);
});

test('a result is at the scenario, from the root of the repository', () => {
  const place = (uri: string) => [
    {
      physicalLocation: {
        artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
        region: { startLine: 38 },
      },
    },
  ];
  expect(runOf([failing(1)]).results[0]!.locations).toEqual(place('scenarios/bank-transfer.ts'));
  expect(runOf([failing(1)], 'my shop').results[0]!.locations).toEqual(
    place('my%20shop/scenarios/bank-transfer.ts'),
  );
  expect(runOf([violated]).results[0]).not.toHaveProperty('locations');
});

test('the same failure has the same fingerprint under another seed, another failure another one', () => {
  const [one, two] = runOf([failing(2)]).results;
  const { violations, ...rest } = failing(2);
  const later = {
    ...rest,
    rootSeed: 'later',
    violations: violations.map((v) => ({ ...v, seed: 'later/3', atUs: 1 })),
  };
  const [again] = runOf([later]).results;
  expect(again!.partialFingerprints).toEqual(one!.partialFingerprints);
  expect(two!.partialFingerprints).not.toEqual(one!.partialFingerprints);
});

test('what was left open is told of the tool, not of the code', () => {
  const { invocations, results } = runOf([inconclusive]);
  expect(results).toEqual([]);
  expect(invocations[0]!.toolExecutionNotifications).toHaveLength(7);
});

test('the published schema does find what is wrong', () => {
  const log = JSON.parse(renderSarif([violated]));
  log.runs[0].results[0].level = 'terrible';
  delete log.runs[0].tool.driver.name;
  expect(sarifErrors(log).length).toBeGreaterThanOrEqual(2);
});
