// The books of services over HTTP: whole, page by page; and what is no book is refused.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { serviceBook } from '../../../engine/live/index.ts';
import { bookOfFile, serveParticipant } from '../../../participants-mock/http/index.ts';
import { freshFolder } from '../../cli/sagastorm.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function answering(...answers: readonly (readonly [status: number, body: unknown])[]): Promise<string> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const [status, body] = answers[Math.min(asked++, answers.length - 1)]!;
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const ENTRY = { saga: 's', step: 'a', direction: 'forward', round: 0, action: 'do' };

test('pages are put together, and balances are those of the last', async () => {
  const url = await answering(
    [200, { entries: [ENTRY], accounts: { a: { opening: 1, balance: 1 } }, next: 5 }],
    [200, { entries: [{ ...ENTRY, saga: 't' }], accounts: { a: { opening: 1, balance: 0 } }, next: null }],
  );
  const { entries, accounts } = await serviceBook('bank', url);
  expect(entries.map(({ saga }) => saga)).toEqual(['s', 't']);
  expect(accounts).toEqual({ a: { opening: 1, balance: 0 } });
});

test.each([
  ['another status', 404, {}],
  ['no list', 200, { entries: 5, next: null }],
  ['no entry', 200, { entries: [{ ...ENTRY, direction: 'sideways' }], next: null }],
  [
    'an amount that is no number',
    200,
    { entries: [{ ...ENTRY, postings: [{ account: 'a', amount: '5' }] }], next: null },
  ],
  ['no end', 200, { entries: [] }],
  ['pages that go round', 200, { entries: [], next: 0 }],
])('%s is no book', async (_what, status, body) => {
  await expect(serviceBook('bank', await answering([status, body]))).rejects.toMatchObject({
    code: 'no-books',
  });
});

test('a mock shows what is in its file, over more than one page', async () => {
  const file = join(freshFolder(), 'bank.db');
  const bank = await serveParticipant({ service: 'bank', file, options: { creditFails: { permille: 0 } } });
  open.push(bank);
  const debit = async (number: number): Promise<number> => {
    const headers = { 'transaction-id': `t-${number}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ account: 'a-0', amount: 1 });
    return (await fetch(`${bank.url}/debit`, { method: 'POST', headers, body })).status;
  };
  // Not all at once: more new connections than a socket queues are reset by the system.
  for (let first = 0; first < 1_050; first += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => debit(first + i)));
    expect(new Set(answers)).toEqual(new Set([200]));
  }
  const book = await serviceBook('bank', bank.url);
  expect(book.entries).toHaveLength(1_050);
  expect(book.accounts!['a-0']).toEqual({ opening: 1_000_00, balance: 1_000_00 - 1_050 });
  const { next, ...ofFile } = bookOfFile(file);
  expect(next).toBeNull();
  expect({ ...ofFile }).toEqual({ ...book });
  expect((await fetch(`${bank.url}/ledger/entries?after=x`)).status).toBe(400);
});
