// What is started inside of the simulator has no process that could be killed for real.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { PATIENCE_MS } from '../../patience.ts';

test.each([
  ['scenarios/own-service/card-payments.ts', 'starts the service "payments" inside of the simulator'],
  [
    'test/simulator/own-service/fixtures/client-of-a-model.ts',
    'has a client of "shipping" that runs inside of the simulator',
  ],
])('live says so before it starts anything: %s', (scenario, words) => {
  const args = ['cli/main.ts', 'live', scenario, '--sagas', '2'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: PATIENCE_MS });
  expect(status).toBe(64);
  expect(stderr).toContain(words);
});
