// The matchers of sagastorm/vitest: each passes, each fails, and says of a failure what the terminal would.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import '../../testing/vitest/index.ts';
import transfer from '../../scenarios/bank-transfer.ts';
import { readCapsule, replayCapsule } from '../../simulator/campaign/index.ts';
import { simulate } from '../../testing/vitest/index.ts';
import { toHoldInvariants } from '../../testing/vitest/matchers.ts';
import forgetful from './fixtures/forgetful.ts';

const out = mkdtempSync(join(tmpdir(), 'sagastorm-'));
afterAll(() => rmSync(out, { recursive: true }));

async function messageOf(assertion: Promise<void>): Promise<string> {
  const failure: unknown = await assertion.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Error);
  return (failure as Error).message;
}

test('a scenario that holds passes, and does not under .not', async () => {
  await expect(transfer).toHoldInvariants({ seeds: 20 });
  const message = await messageOf(expect(transfer).not.toHoldInvariants({ seeds: 5 }));
  expect(message).toContain('bank-transfer holds its invariants, and should not');
});

test('a scenario that breaks fails with the block of the terminal, made small, and a capsule that replays', async () => {
  const message = await messageOf(expect(forgetful).toHoldInvariants({ seeds: 20, out }));
  expect(message).toMatch(/^forgetful does not hold: [a-z-]+, /);
  expect(message).toMatch(/shrunk +\d+ → 1 fault, 10 → 1 saga/);
  expect(message).toContain('(necessary');
  const capsule = /replay (\S+\.json)/.exec(message.replace(/\s+/g, ' '))?.[1];
  expect(existsSync(capsule!)).toBe(true);
  expect((await replayCapsule(readCapsule(capsule!), capsule!)).record.verdict).toBe('violated');
});

test('what a matcher comes to does not depend on where it runs: the seed is the name of the scenario', async () => {
  const [once, again] = [simulate(forgetful), simulate(forgetful, { seed: 'forgetful' })];
  expect(once.fingerprint).toBe(again.fingerprint);
  expect(simulate(transfer, { profile: 'calm' }).verdict).toBe('held');
});

test('a scenario without a file of its own is run again from the test', async () => {
  const local = { ...forgetful, name: 'local' };
  const message = await messageOf(expect(local).toHoldInvariants({ seeds: 20, out }));
  expect(message.replace(/\s+/g, ' ')).toContain('in this test, toHoldInvariants({"seed":"local/');
});

test('a scenario that remembers something between runs does not replay identically', async () => {
  await expect(transfer).toReplayIdentically({ seeds: 3 });
  let asked = 0;
  const moody = {
    ...transfer,
    workload: (context: Parameters<typeof transfer.workload>[0]) => ({
      ...transfer.workload(context),
      startAtUs: ++asked,
    }),
  };
  const message = await messageOf(expect(moody).toReplayIdentically({ seeds: 3 }));
  expect(message).toContain('bank-transfer differs from itself');
  expect(message).toMatch(/3 of 3 repeated runs differed/);
  expect(message).toMatch(/differs first in event \d+/);
});

test('service levels are met or missed, and none are no success', async () => {
  const slo = { completedPermille: 300 };
  await expect(transfer).toMeetSlo({ slo, seeds: 5, profile: 'calm' });
  const missed = await messageOf(expect(transfer).toMeetSlo({ slo: { sagaP50Ms: 1 }, seeds: 5 }));
  expect(missed).toContain('bank-transfer falls short');
  expect(missed).toMatch(/SLO +0\/1 met · missed: half of all sagas end within 1 ms/);
  expect(await messageOf(expect(transfer).toMeetSlo())).toContain('promises no service levels');
});

test('what proves nothing passes neither as it is nor under .not', async () => {
  const refusing = { ...transfer, workload: () => ({ saga: transfer.sagas[0]!, input: {} }) };
  for (const assertion of [expect(refusing), expect(refusing).not]) {
    const message = await messageOf(assertion.toHoldInvariants({ seeds: 3 }));
    expect(message).toMatch(/nothing is proved|input/);
  }
});

test.each([
  ['no scenario', () => expect({}).toHoldInvariants(), 'toHoldInvariants is for scenarios'],
  ['no run', () => expect(transfer).toHoldInvariants({ seeds: 0 }), 'seeds is 0'],
  ['half a saga', () => expect(transfer).toMeetSlo({ sagas: 0.5, slo: { sagaP99Ms: 1 } }), 'sagas is 0.5'],
  [
    'a level that there is not',
    () => expect(transfer).toMeetSlo({ slo: { p99: 1 } as object }),
    'unknown member',
  ],
  [
    'a weather that there is not',
    () => expect(transfer).toReplayIdentically({ profile: 'gale' as 'storm' }),
    'gale',
  ],
  [
    'a misspelt option',
    () => expect(transfer).toHoldInvariants({ seed_s: 1 } as object),
    'Did you mean "seeds"',
  ],
])('%s is refused in one sentence', async (_what, assertion, words) => {
  const failure: unknown = await assertion().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect((failure as Error).message).toContain(words);
});

test('what is wrong with a scenario is told with the way on, of which a runner shows only what the message says', async () => {
  const lost = { ...transfer, name: 'lost', workload: () => ({}) as ReturnType<typeof transfer.workload> };
  expect(await messageOf(expect(lost).toHoldInvariants({ seeds: 2, out }))).toBe(
    'the workload, asked for saga number 0, returns no saga. Return one of its sagas: bank-transfer.',
  );
});

test('nothing keeps a campaign going whose test has ended', async () => {
  const ended: (() => void)[] = [];
  const task = { context: { onTestFinished: (handler: () => void) => void ended.push(handler) } };
  const result = toHoldInvariants.call({ isNot: false, task }, transfer, { seeds: 100_000 });
  const judged = result.then(({ pass }) => pass);
  expect(ended).toHaveLength(1);
  expect(ended[0]).toThrow('toHoldInvariants was not awaited');
  await expect(judged).rejects.toThrow('nothing is proved');
  expect(ended[0]).not.toThrow();
});

test('a test that ends too early says what it lacks', async () => {
  const ended: (() => void)[] = [];
  const task = { context: { onTestFinished: (handler: () => void) => void ended.push(handler) } };
  const result = toHoldInvariants.call({ isNot: false, task }, transfer, { seeds: 100_000 });
  const told = result.then(() => undefined);
  const awaiting = told.catch(() => undefined);
  expect(ended[0]).toThrow('was not done when the test ended: give the test more time');
  await awaiting;
});
