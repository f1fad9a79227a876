// A service that is started inside of the simulator has no process that could be killed for real.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('live says so before it starts anything', () => {
  const args = ['cli/main.ts', 'live', 'scenarios/own-service/card-payments.ts', '--sagas', '2'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  expect(status).toBe(64);
  expect(stderr).toContain('starts the service "payments" inside of the simulator');
});
