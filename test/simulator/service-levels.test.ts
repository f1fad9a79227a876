// In which weather service levels are promised, and that a campaign in a rougher one is not judged by them.

import { expect, test } from 'vitest';
import retryStorm from '../../scenarios/retry-storm.ts';
import { runCampaign } from '../../simulator/campaign/index.ts';
import { defineScenario } from '../../simulator/index.ts';
import { isPromisedIn } from '../../simulator/service-levels.ts';

test.each([
  ['calm', 'calm', true],
  ['breeze', 'calm', false],
  ['storm', 'breeze', false],
  ['calm', 'storm', true],
  ['storm', 'storm', true],
] as const)('in %s, of what is promised for %s', (weather, promised, expected) => {
  expect(isPromisedIn(weather, promised)).toBe(expected);
});

test('a weather that there is not is refused', () => {
  const { kind: _kind, policy, ...spec } = retryStorm;
  const wrong = { ...spec, policy: policy!, sloWeather: 'hail' as 'calm' };
  expect(() => defineScenario(wrong)).toThrow('scenario "retry-storm": sloWeather is "hail"');
});

test('a campaign in rougher weather than was promised for has no service levels', async () => {
  const options = { scenario: 'retry-storm', sagas: 20, seeds: 1, rootSeed: 'slo', workers: 1 } as const;
  const calm = await runCampaign({ ...options, profile: 'calm' });
  const storm = await runCampaign({ ...options, profile: 'storm' });
  expect(calm.slo?.map(({ id }) => id)).toContain('slo/recoveryMs');
  expect(storm.slo).toBeUndefined();
});
