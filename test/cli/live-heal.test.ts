// The processes of a run for real, told that the world has healed while they begin.

import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { LiveJob } from '../../cli/live/live-job.ts';
import type { FromOrchestrator, FromParticipant } from '../../cli/live/messages.ts';
import { payloadHash } from '../../engine/core/payload-hash.ts';
import { type Call, idempotencyKey } from '../../engine/core/protocol.ts';
import { HttpTransport } from '../../engine/live/index.ts';
import { modulePath } from '../../simulator/campaign/source-tree.ts';
import { sagaId } from '../../simulator/world/saga-register.ts';
import { PATIENCE_MS } from '../patience.ts';
import { freshFolder } from './sagastorm.ts';

const SAGAS = 100;

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

function stormIn(folder: string): LiveJob {
  return {
    job: { scenario: 'bank-transfer', profile: 'storm', sagas: SAGAS },
    seed: 'a',
    pace: 10,
    folder,
    store: { kind: 'sqlite', file: join(folder, 'sagas.db') },
    orchestrators: 1,
    leaseMs: 1_000,
    isHealed: false,
    services: { bank: 'http://127.0.0.1:1' },
  };
}

/** Begun and healed in one breath; what it said when it was ready. */
async function healed<Said extends { kind: string }>(module: string, begin: object): Promise<Said> {
  const process = fork(modulePath(module), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child = process;
  process.send(begin);
  process.send({ kind: 'heal' });
  return new Promise((resolve, reject) => {
    process.on('message', (message) => {
      if ((message as Said).kind === 'ready') resolve(message as Said);
    });
    process.on('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });
}

test('an orchestrator that was told while it began is struck by nothing', async () => {
  const folder = freshFolder();
  await healed('cli/live/orchestrator-process', { kind: 'begin', live: stormIn(folder), number: 0 });
  const answers: FromOrchestrator[] = [];
  child!.on('message', (message) => answers.push(message as FromOrchestrator));
  for (let index = 0; index < SAGAS; index++) {
    const input = { from: 'a-0', to: 'a-1', amount: 1 };
    child!.send({ kind: 'create', index, definition: 'bank-transfer', version: 1, input });
  }
  await vi.waitFor(() => expect(answers).toHaveLength(SAGAS), { timeout: PATIENCE_MS });
  expect(existsSync(join(folder, 'orchestrator-0.faults.ndjson'))).toBe(false);
});

test('a participant that was told while it began is struck by nothing', async () => {
  const folder = freshFolder();
  const { url } = await healed<Extract<FromParticipant, { kind: 'ready' }>>('cli/live/participant-process', {
    kind: 'begin',
    live: stormIn(folder),
    service: 'bank',
    file: join(folder, 'bank.db'),
    port: 0,
  });
  const transport = new HttpTransport({ services: { bank: url } });
  await Promise.all(Array.from({ length: SAGAS }, (_, index) => asked(transport, index)));
  transport.close();
  expect(existsSync(join(folder, 'bank.faults.ndjson'))).toBe(false);
});

/** The first call of a saga. */
function asked(transport: HttpTransport, index: number): Promise<unknown> {
  const saga = sagaId(index);
  const payload = { account: 'a-0', amount: 1 };
  const call: Call = {
    kind: 'call',
    saga,
    step: 'debit',
    direction: 'forward',
    round: 0,
    attempt: 1,
    key: idempotencyKey(saga, 'debit', 'forward', 0),
    service: 'bank',
    action: 'debit',
    payload,
    payloadHash: payloadHash(payload),
  };
  return new Promise((resolve) => {
    transport.send(call, { input: resolve });
  });
}
