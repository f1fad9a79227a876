// A policy as text, which makes the same policy again.

import { expect, test } from 'vitest';
import {
  definePolicy,
  type FullPolicySpec,
  type PolicySpec,
  policies,
} from '../../../engine/policy/index.ts';
import { loadScenario } from '../../../simulator/campaign/index.ts';
import { drawnCandidates, knownCandidates } from '../../../simulator/campaign/policy-space.ts';
import { definitionOf } from '../../../simulator/campaign/policy-text.ts';

test('only what is not standard is written', () => {
  const { timeout } = policies.default.toJSON().retry;
  const spec: PolicySpec = {
    name: 'mine',
    callTimeoutMs: 1_500,
    retry: { timeout: { ...timeout, backoff: 'linear' } },
    jitter: [500, 1_000],
    bulkhead: { callsMax: 5, queueMax: 10_000 },
  };
  expect(definitionOf(definePolicy(spec).toJSON())).toBe(
    [
      'definePolicy({',
      "  name: 'mine',",
      '  callTimeoutMs: 1_500,',
      '  retry: {',
      "    timeout: { attemptsMax: 3, initialMs: 2_000, maxMs: 10_000, factorPermille: 2_000, backoff: 'linear' },",
      '  },',
      '  jitter: [500, 1_000],',
      '  bulkhead: { callsMax: 5, queueMax: 10_000 },',
      '})',
    ].join('\n'),
  );
});

function evaluated(text: string): FullPolicySpec {
  const made = new Function('definePolicy', `return ${text};`)(definePolicy) as typeof policies.default;
  return made.toJSON();
}

test('what is pasted makes the same policy', async () => {
  const { scenario } = await loadScenario('brown-out');
  const known = knownCandidates(scenario, {});
  const specs = [...known, ...drawnCandidates(scenario, known, 50, { rootSeed: 'a' })].map(
    ({ spec }) => spec!,
  );
  for (const spec of specs) expect(evaluated(definitionOf(spec))).toEqual(spec);
});
