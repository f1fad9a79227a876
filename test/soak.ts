// The soak: a scenario for real, for minutes, while its processes are killed again and again; on SQLite, and on a
// PostgreSQL with three workers. `npm run soak`, or `node test/soak.ts --kills 50 --seconds 30`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunRecord } from '../simulator/run-record.ts';
import { startPostgres } from './engine/live/temporary-postgres.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '180' },
    sagas: { type: 'string', default: '4000' },
    seed: { type: 'string', default: `soak-${Date.now().toString(36)}` },
    scenario: { type: 'string', default: 'bank-transfer' },
  },
});
const MAIN = join(import.meta.dirname, '../cli/main.ts');

/** The record of one run; what it says besides goes to stderr. */
async function run(store: 'sqlite' | 'postgres', databaseUrl?: string): Promise<RunRecord> {
  const { kills, seconds, sagas, seed, scenario } = values;
  const flags = { kills, seconds, sagas, seed: `${seed}/${store}`, store };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [MAIN, 'live', scenario, '--json', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) },
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return JSON.parse(text) as RunRecord;
}

function tell(record: RunRecord): boolean {
  const { verdict, sagas, live, faults, invariants, meta, violations, inconclusive } = record;
  const delivered = Object.values(faults.delivered).reduce((sum, count) => sum + count, 0);
  const kills = live!.kills.orchestrator + live!.kills.participant;
  const held = invariants.filter(({ state }) => state === 'held').length;
  console.log(
    [
      `${live!.store} · ${live!.orchestrators} orchestrators: ${verdict}`,
      `${sagas.started} sagas (${sagas.completed} completed, ${sagas.compensated} compensated, ${sagas.failed} failed, ${sagas.open} open)`,
      `${kills} kills (${live!.kills.orchestrator} × orchestrator, ${live!.kills.participant} × participant)`,
      `${delivered} faults`,
      `${held} invariants held`,
      `${Math.round(meta.wallMs / 1_000)} s`,
    ].join(' · '),
  );
  for (const { invariant, message } of violations) console.log(`  ${invariant}: ${message}`);
  for (const { reason } of inconclusive) console.log(`  ${reason}`);
  return verdict === 'held' && kills >= Number(values.kills);
}

const onSqlite = tell(await run('sqlite'));
const database = await startPostgres();
const onPostgres = tell(await run('postgres', database.url));
await database.stop();
process.exitCode = onSqlite && onPostgres ? 0 : 1;
