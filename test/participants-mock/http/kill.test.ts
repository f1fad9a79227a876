// A real process, a real file, and kill -9 in the middle of its work: what was answered is there, nothing is there twice,
// and no money was made or lost.

import { expect, test } from 'vitest';
import { type Call, idempotencyKey, type Outcome } from '../../../engine/core/protocol.ts';
import {
  PLAIN_PREFIX,
  type ReadParticipant,
  readParticipantFile,
} from '../../../participants-mock/http/index.ts';
import { callOf } from '../../engine/fence/call-of.ts';
import { type RunningProcess, started } from './process.ts';
import { engineFor, fileOf, post, STEADY_BANK, sumOf } from './served.ts';

const OPTIONS = { ...STEADY_BANK, openingBalance: 1_000_000 };
const FUNDS = OPTIONS.accounts * OPTIONS.openingBalance;

function bank(...more: string[]): Promise<RunningProcess> {
  return started(
    '--service',
    'bank',
    '--file',
    fileOf('bank'),
    '--options',
    JSON.stringify(OPTIONS),
    ...more,
  );
}

/** Every entry by what it is the effect of. */
function effectsIn({ entries }: ReadParticipant): Map<string, number> {
  const effects = new Map<string, number>();
  for (const { entry } of entries) {
    const key = idempotencyKey(entry.saga, entry.step, entry.direction, entry.round);
    effects.set(key, (effects.get(key) ?? 0) + 1);
  }
  return effects;
}

function expectSound(read: ReadParticipant, acknowledged: ReadonlySet<string>): void {
  const effects = effectsIn(read);
  expect([...acknowledged].filter((key) => !effects.has(key))).toEqual([]);
  expect([...effects].filter(([, count]) => count !== 1)).toEqual([]);
  expect(sumOf(read.participant)).toBe(FUNDS);
}

test('five kills under load, at any moment: what was answered is there, once', async () => {
  const acknowledged = new Set<string>();
  const inDoubt: Call[] = [];
  let saga = 0;

  for (let life = 0; life < 5; life++) {
    const { url, kill, ended } = await bank();
    const ask = engineFor(url);
    const wanted = acknowledged.size + 40 + Math.floor(Math.random() * 160); // no two runs die alike
    let isDead = false;
    const noted = (call: Call, { kind }: Outcome): void => {
      if (kind === 'applied') acknowledged.add(call.key);
      else if (kind === 'unknown') inDoubt.push({ ...call, attempt: call.attempt + 1 });
      if (acknowledged.size < wanted || isDead) return;
      isDead = true;
      kill('SIGKILL');
    };
    const client = async (): Promise<void> => {
      while (!isDead) {
        const fresh = callOf(
          'forward',
          'debit',
          { account: `a-${saga % 4}`, amount: 3 },
          { saga: `s-${saga++}` },
        );
        const call = inDoubt.pop() ?? fresh;
        noted(call, await ask(call));
      }
    };
    const plainClient = async (name: string): Promise<void> => {
      for (let i = 0; !isDead; i++) {
        const id = `${life}-${name}-${i}`;
        const status = await post(url, 'debit', { account: 'a-0', amount: 2 }, id).then(
          (answer) => answer.status,
          () => 0,
        );
        if (status === 200) acknowledged.add(idempotencyKey(PLAIN_PREFIX + id, 'debit', 'forward', 0));
      }
    };
    await Promise.all([...Array.from({ length: 16 }, client), plainClient('x'), plainClient('y')]);
    expect((await ended()).signal).toBe('SIGKILL');
    expectSound(readParticipantFile(fileOf('bank')), acknowledged);
  }

  const { url } = await bank();
  const ask = engineFor(url);
  for (const call of inDoubt) {
    expect(await ask(call)).toEqual({ kind: 'applied' });
    acknowledged.add(call.key);
  }
  const read = readParticipantFile(fileOf('bank')); // beside its owner, which runs
  expectSound(read, acknowledged);
  expect(acknowledged.size).toBeGreaterThan(200);
});

test.each([
  ['crashBeforePermille', 0],
  ['crashAfterPermille', 1],
])('%s: the process dies with %d effects on the disk', async (knob, effects) => {
  const call = callOf('forward', 'debit', { account: 'a-0', amount: 3 });
  const first = await bank('--chaos', JSON.stringify({ [knob]: 1_000 }));
  expect(await engineFor(first.url)(call)).toMatchObject({ kind: 'unknown' });
  expect((await first.ended()).signal).toBe('SIGKILL');
  expect(effectsIn(readParticipantFile(fileOf('bank'))).size).toBe(effects);
  const second = await bank();
  expect(await engineFor(second.url)({ ...call, attempt: 2 })).toEqual({ kind: 'applied' });
  expectSound(readParticipantFile(fileOf('bank')), new Set([call.key]));
});
