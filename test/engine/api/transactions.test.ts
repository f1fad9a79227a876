// Two-phase commit over the API: what is asked at night of coordinators, votes and recovery.

import { expect, test } from 'vitest';
import { twoPhaseCommit } from '../../../engine/two-phase-commit/index.ts';
import { APPLIED, NO, order } from '../live/stage.ts';
import { EXAMPLE, served } from './served.ts';

const committed = twoPhaseCommit(order);

/** One that is committed, one that is aborted, one whose commits nobody answers, and a saga that is none. */
async function mixed() {
  const all = await served({ definitions: [order, committed] });
  const { transport, host, ask } = all;
  for (const [id, fate] of [
    ['done', 'committed'],
    ['undone', 'aborted'],
    ['open', 'committing'],
  ] as const) {
    transport.answer = ({ action, step }) => {
      if (action === 'commit-prepared' && fate === 'committing') return undefined;
      return fate === 'aborted' && step === committed.steps.at(1)!.name ? NO : APPLIED;
    };
    await host.create(committed, {}, { id });
    if (fate !== 'committing') await host.whenEnded(id);
  }
  transport.answer = () => APPLIED;
  const { json } = await ask('POST', '/api/sagas', EXAMPLE);
  await host.whenEnded(String(json.id));
  return { ...all, saga: String(json.id) };
}

interface Told {
  readonly transactionId: string;
  readonly state: string;
  readonly inDoubt: readonly string[];
  readonly votes: readonly { readonly vote: string; readonly votedAt: string | null }[];
}

test('a transaction has a state and votes', async () => {
  const { ask } = await mixed();
  const done = (await ask('GET', '/api/transactions/done')).json as unknown as Told;
  expect([done.state, done.inDoubt]).toEqual(['committed', []]);
  expect(new Set(done.votes.map(({ vote }) => vote))).toEqual(new Set(['yes']));
  expect(Date.parse(done.votes[0]!.votedAt!)).toBeGreaterThan(0);
  const undone = (await ask('GET', '/api/transactions/undone')).json as unknown as Told;
  expect([undone.state, undone.inDoubt]).toEqual(['aborted', []]);
  expect(undone.votes.map(({ vote }) => vote)).toContain('no');
});

test('those that are not finished are listed, with who is in doubt', async () => {
  const { ask } = await mixed();
  const { transactions, next } = (await ask('GET', '/api/transactions')).json as unknown as {
    readonly transactions: readonly Told[];
    readonly next: string | null;
  };
  expect(transactions.map(({ transactionId, state }) => [transactionId, state])).toEqual([
    ['open', 'committing'],
  ]);
  expect(transactions[0]!.inDoubt.length).toBeGreaterThan(0);
  expect(next).toBeNull();
});

test('a saga is no transaction, and a stranger is neither', async () => {
  const { ask, saga } = await mixed();
  expect(await ask('GET', `/api/transactions/${saga}`)).toMatchObject({
    status: 404,
    json: { code: 'not-two-phase' },
  });
  expect(await ask('GET', '/api/transactions/nobody')).toMatchObject({
    status: 404,
    json: { code: 'unknown-saga' },
  });
});
