// `sagastorm reconcile`: a store and the books of real services, which agree; and books that do not.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sagaFromJson } from '../../engine/index.ts';
import { Host, HttpTransport, SqliteStore, serviceBook } from '../../engine/live/index.ts';
import { serveParticipant } from '../../participants-mock/http/index.ts';
import order from '../../scenarios/order.json' with { type: 'json' };
import { freshFolder, line } from './sagastorm.ts';

/** A shop in which three orders completed, and one was undone because its customer cannot pay. */
async function shop() {
  const folder = freshFolder();
  const [stock, pay] = [join(folder, 'inventory.db'), join(folder, 'payment.db')];
  const inventory = await serveParticipant({ service: 'inventory', file: stock });
  const options = { openingBalance: 3 * 99_99 };
  const payment = await serveParticipant({ service: 'payment', file: pay, options });
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  const services = { inventory: inventory.url, payment: payment.url };
  const transport = new HttpTransport({ services });
  const { definition, input } = sagaFromJson(order);
  const host = new Host({ store, transport, definitions: [definition] });
  await host.start();
  for (const id of ['o-1', 'o-2', 'o-3', 'o-4'])
    await host.whenEnded(await host.create(definition, input, { id }));
  const close = async (): Promise<void> => {
    await host.stop();
    transport.close();
    await Promise.all([store.close(), inventory.close(), payment.close()]);
  };
  return { folder, services, close };
}

test('books that agree, by address and by file; then an entry is gone, and exactly that is said', async () => {
  const { folder, services, close } = await shop();
  const on = ['reconcile', '--db', 'sagas.db'];
  const agreed = await line(
    [...on, '--against', `inventory=${services.inventory}`, '--against', 'payment=payment.db'],
    folder,
  );
  expect(agreed).toMatchObject({
    code: 0,
    stderr: '',
    stdout: ' ✓ 4 sagas, 9 operations, 8 entries: the books and the log agree\n',
  });

  const book = await serviceBook('payment', services.payment);
  expect(Object.keys(book.entries[0]!)).toEqual(expect.arrayContaining(['payload', 'result', 'postings']));
  const kept = book.entries.filter(({ saga }) => saga !== 'o-2').map((entry) => JSON.stringify(entry));
  writeFileSync(join(folder, 'payment.ndjson'), `${kept.join('\n')}\n`);
  const against = ['--against', `inventory=${services.inventory}`, '--against', 'payment=payment.ndjson'];
  const missing = await line([...on, ...against], folder);
  expect(missing.code).toBe(1);
  expect(missing.stdout).toMatch(
    /✗ o-2 completed\n +logged-not-done "\w+": the log says done, the book nothing of it\n +→ Send its call to the service again, under the key o-2\/.*1 difference in 1 saga\n/s,
  );
  const { stdout } = await line([...on, ...against, '--json'], folder);
  expect(JSON.parse(stdout)).toMatchObject({
    reconciled: false,
    differences: [{ kind: 'logged-not-done', saga: 'o-2', settle: { act: 'call' } }],
  });
  await close();
});

test.each<[string, readonly string[], string, number?]>([
  ['no books at all', [], 'it is not said whose books to compare with'],
  ['no place', ['--against', 'bank'], '--against takes service=where'],
  ['a file that is not there', ['--against', 'bank=none.db'], 'there is no file none.db'],
  [
    'nobody at an address',
    ['--against', 'bank=http://127.0.0.1:9'],
    'the books of bank cannot be read: it cannot be asked',
    2,
  ],
])('%s is said in one sentence', async (_what, words, sentence, ends = 64) => {
  const folder = freshFolder();
  await new SqliteStore({ file: join(folder, 'sagas.db') }).close();
  const { code, stderr } = await line(['reconcile', '--db', 'sagas.db', ...words], folder);
  expect([code, stderr]).toEqual([ends, expect.stringContaining(sentence)]);
});
