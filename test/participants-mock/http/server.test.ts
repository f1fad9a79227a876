// How a served participant begins and ends.

import { expect, test } from 'vitest';
import { readParticipantFile } from '../../../participants-mock/http/index.ts';
import { callOf } from '../../engine/fence/call-of.ts';
import { participantDouble } from './participant-double.ts';
import { engineFor, fileOf, post, served } from './served.ts';

const debit = callOf('forward', 'debit', { account: 'a-0', amount: 5 });

test('what is under way is answered before it is closed, and nothing after that', async () => {
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const chaos = () => {
    arrived();
    return { delayMs: 50 };
  };
  const { url, close } = await served('bank', { chaos });
  const ask = engineFor(url);
  const answer = ask(debit);
  await arrival;
  await Promise.all([close(), close()]);
  expect(await answer).toEqual({ kind: 'applied' });
  expect(readParticipantFile(fileOf('bank')).entries).toHaveLength(1);
  expect(await ask({ ...debit, attempt: 2 })).toMatchObject({ kind: 'rejected', failure: 'transient' });
});

test('connections are kept, and calls share them', async () => {
  const { url } = await served('bank');
  const first = await fetch(`${url}/health`);
  expect(first.headers.get('connection')).toBe('keep-alive');
  expect(first.headers.get('keep-alive')).toBe('timeout=75');
});

test('a service of one’s own is served like the others', async () => {
  const create = () => participantDouble({ kind: 'applied', result: { done: true } });
  const { url } = await served('mine', { create, options: { any: 1 } });
  expect(await post(url, 'act', {}, 't-1')).toMatchObject({
    body: { status: 'success', result: { done: true } },
  });
  const read = readParticipantFile(fileOf('mine'), { create });
  expect([read.service, read.options, read.calls.length]).toEqual(['mine', { any: 1 }, 1]);
  expect(() => readParticipantFile(fileOf('mine'))).toThrow('there is no service "mine"');
});

test('when the file cannot be written, callers are told that nothing was kept, and people why', async () => {
  const told: string[] = [];
  const create = () => ({
    ...participantDouble({ kind: 'applied' }),
    handle: () => {
      throw new Error('a bug in it');
    },
  });
  const { url } = await served('mine', { create, onError: ({ message }) => told.push(message) });
  const answer = await post(url, 'act', {}, 't-1');
  expect(answer).toMatchObject({
    status: 500,
    body: { detail: expect.stringContaining('nothing of this request') },
  });
  expect(JSON.stringify(answer)).not.toContain('a bug in it');
  expect(told).toEqual([expect.stringContaining('could not be kept: a bug in it')]);
});

test.each([{ port: -1 }, { port: 70_000 }, { port: 1.5 }, { host: 'nowhere.invalid' }])(
  '%j is refused',
  async (wrong) => {
    await expect(served('bank', wrong)).rejects.toMatchObject({ name: 'UserError' });
    await expect(served('bank')).resolves.toMatchObject({ service: 'bank' }); // the file was let go
  },
);
