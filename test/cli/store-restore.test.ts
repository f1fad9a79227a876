// `sagastorm store restore`, `rebuild` and `import`: a backup is put back, what it lacks is named and made up for from the books
// of real services, and who wrote before is fenced.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SqliteStore } from '../../engine/live/index.ts';
import { checkoutByCard } from '../../scenarios/three-am.ts';
import { appendAll, appendOf, CREATED } from '../engine/live/store-asking.ts';
import { freshFolder, line } from './sagastorm.ts';
import { DEFINITIONS, INPUT, open, shop } from './shop.ts';

test('a backup is restored: what it lacks is named, made up for, and ends', async () => {
  const it = await shop();
  await it.driven(async (host, store) => {
    const create = (id: string) => host.create(checkoutByCard, INPUT, { id });
    await host.whenEnded(await create('kept'));
    await it.take('card');
    await create('open');
    while (!(await store.logOf('open')).some(({ event }) => event.kind === 'step-retry-scheduled'))
      await delay(10);
    expect((await it.run('store', 'backup', 'copy.db', '--db', 'sagas.db')).code).toBe(0);
    await it.bring('card', 'payment');
    for (const id of ['lost-1', 'lost-2']) await create(id);
    for (const id of ['open', 'lost-1', 'lost-2'])
      expect(await host.whenEnded(id)).toMatchObject({ status: 'completed' });
  });

  const zombie = new SqliteStore({ file: it.file });
  open.push(zombie);
  let epoch = 0;
  zombie.open('main', { opened: (opened) => (epoch = opened) });
  const asked = { saga: 'lost-1', definition: 'checkout-card', version: 1, input: INPUT };
  writeFileSync(join(it.folder, 'asked.ndjson'), `${JSON.stringify(asked)}\n`);
  const on = ['--db', 'sagas.db', ...DEFINITIONS, ...it.against];
  const words = ['store', 'restore', 'copy.db', ...on, '--inputs', 'asked.ndjson'];
  const refused = await it.run(...words);
  expect([refused.code, refused.stdout]).toEqual([64, '']);
  expect(refused.stderr).toMatch(/^sagastorm: an engine runs on sagas\.db\.\n.*Stop it.*--force/s);
  expect(existsSync(join(it.folder, 'sagas.db.before-restore'))).toBe(false);
  const restored = await it.run(...words, '--force');
  expect([restored.code, restored.stderr]).toEqual([1, '']); // one cannot be mended
  expect(restored.stdout).toMatch(/^sagas\.db is copy\.db again: 2 sagas, as of 20/);
  expect(restored.stdout).toContain('What was there is sagas.db.before-restore\n');
  const [named] = restored.stdout.split('\n + ') as [string];
  expect(named).toMatch(/✗ open running\n +done-not-logged "order" · orders: the log says nothing of it/);
  expect(named).toMatch(
    /✗ lost-1 not in the log\n +unknown-saga "reserve" · inventory.*unknown-saga "charge" · card/s,
  );
  expect(named).toContain('✗ lost-2 not in the log');
  expect(restored.stdout).toContain('not known: when it began, and whether a person had cancelled it');
  expect(restored.stdout).toMatch(/\+ lost-1: \d+ events from 1 on/);
  expect(restored.stdout).toMatch(
    /✗ lost-2 is left as it is: nobody says what it was begun with: give --inputs/,
  );
  expect(restored.stdout).toMatch(/After it:\n.*✗ lost-2 not in the log/s);
  expect(restored.stdout.split('After it:')[1]).not.toContain('lost-1');

  expect(await appendAll(zombie, [appendOf('zombie', epoch, [CREATED])])).toEqual(['append-fenced']);
  writeFileSync(join(it.folder, 'asked.ndjson'), `${JSON.stringify({ ...asked, saga: 'lost-2' })}\n`);
  const rebuild = ['store', 'rebuild', ...on, '--inputs', 'asked.ndjson'];
  expect((await it.run(...rebuild)).stderr).toContain('an engine runs on sagas.db');
  await zombie.close(); // the lock ends with who holds it
  const rebuilt = await it.run(...rebuild);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, '']);
  await it.driven(async (host) => {
    for (const id of ['kept', 'open', 'lost-1', 'lost-2'])
      expect(await host.whenEnded(id)).toMatchObject({ status: 'completed' });
  });
  const reconciled = await it.run('reconcile', ...on);
  expect(reconciled.stdout).toBe(' ✓ 4 sagas, 12 operations, 12 entries: the books and the log agree\n');
  const before = await it.run('why', '--db', 'sagas.db.before-restore');
  expect(before.stdout).toBe('No saga waits: all have ended.\n');
});

test('a store that is gone is rebuilt from the books alone', async () => {
  const it = await shop();
  await it.driven(async (host) => {
    for (const id of ['a', 'b']) await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
  });
  const asked = ['a', 'b'].map((saga) => JSON.stringify({ saga, definition: 'checkout-card', input: INPUT }));
  writeFileSync(join(it.folder, 'asked.ndjson'), asked.join('\n'));
  const words = ['--db', 'new.db', ...DEFINITIONS, ...it.against, '--inputs', 'asked.ndjson'];
  const rebuilt = await it.run('store', 'rebuild', ...words);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, '']);
  expect(rebuilt.stdout).toMatch(
    /After it:\n ✓ 2 sagas, 6 operations, 6 entries: the books and the log agree\n$/,
  );
  const health = await it.run('health', '--db', 'new.db', '--json');
  expect(JSON.parse(health.stdout)).toMatchObject({ overall: 'healthy', ended: 2 });
});

test('R7: a step that a book may have forgotten is not asked for again', async () => {
  const it = await shop();
  const end = (id: string) =>
    it.driven(async (host) => {
      await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
    });
  await end('kept');
  await it.run('store', 'backup', 'copy.db', '--db', 'sagas.db');
  await end('a');
  const keptSinceUs = Date.parse('2020-05-01') * 1_000;
  const forgetful = createServer((_asked, answer) => {
    answer.end(JSON.stringify({ entries: [], next: null, keptSinceUs }));
  });
  open.push(forgetful);
  await new Promise<void>((resolved) => forgetful.listen(0, '127.0.0.1', resolved));
  const { port } = forgetful.address() as AddressInfo;
  const against = it.against.map((word) =>
    word.startsWith('card=') ? `card=http://127.0.0.1:${port}` : word,
  );
  const rebuild = (at: string | undefined, ...more: readonly string[]) => {
    const asked = { saga: 'a', definition: 'checkout-card', input: INPUT, at };
    writeFileSync(join(it.folder, 'asked.ndjson'), JSON.stringify(asked));
    const words = [...DEFINITIONS, ...against, '--inputs', 'asked.ndjson', ...more];
    return it.run('store', 'rebuild', '--db', `${at}${more.join('')}.db`, ...words);
  };
  for (const at of [undefined, '2020-04-30']) {
    const left = await rebuild(at);
    expect([left.code, left.stdout.includes(' + a')]).toEqual([1, false]);
    expect(left.stdout).toContain(
      'not known: whether "charge" was done: the book of card remembers only since 2020-05-01T00:00:00.000Z\n',
    );
  }
  for (const rebuilt of [await rebuild('2020-05-01'), await rebuild(undefined, '--force')])
    expect(rebuilt.stdout).toMatch(/ \+ a: \d+ events from 1 on/);
  expect((await rebuild('yesterday')).code).toBe(64);
  await rebuild(undefined); // leaves what was asked without a time
  const on = [...DEFINITIONS, ...against, '--inputs', 'asked.ndjson'];
  const restored = await it.run('store', 'restore', 'copy.db', '--db', 'sagas.db', ...on);
  expect(restored.stdout).toMatch(/ \+ a: \d+ events from 1 on/); // the backup would have it, had it begun in 2020
});

test('what no event can mend differs still, and the exit code says so', async () => {
  const it = await shop();
  await it.driven(async (host) => {
    await host.whenEnded(await host.create(checkoutByCard, INPUT, { id: 'a' }));
  });
  expect((await it.run('store', 'backup', 'copy.db', '--db', 'sagas.db')).code).toBe(0);
  writeFileSync(join(it.folder, 'card.ndjson'), '');
  const forgetful = it.against.map((word) => (word.startsWith('card=') ? 'card=card.ndjson' : word));
  const on = ['--db', 'sagas.db', ...DEFINITIONS, ...forgetful];
  for (const words of [['restore', 'copy.db'], ['rebuild']]) {
    const { code, stdout, stderr } = await it.run('store', ...words, ...on);
    expect(stdout).toContain('logged-not-done "charge"');
    expect(stdout).not.toContain('After it');
    expect([code, stderr]).toEqual([1, '']);
  }
});

test('a saga that was asked for without a version is of the latest', async () => {
  const it = await shop();
  await it.driven(async (host) => {
    await host.whenEnded(await host.create(checkoutByCard, INPUT, { id: 'a' }));
  });
  const [from, both] = [resolve('scenarios/three-am.ts'), join(it.folder, 'both.ts')];
  const versions = '[checkoutByCard, { ...checkoutByCard, version: 3 }, { ...checkoutByCard, version: 2 }]';
  writeFileSync(both, `import { checkoutByCard } from '${from}';\nexport const all = ${versions};\n`);
  for (const [version, given] of [
    [3, {}],
    [2, { version: 2 }],
  ] as const) {
    const asked = { saga: 'a', definition: 'checkout-card', input: INPUT, ...given };
    writeFileSync(join(it.folder, 'asked.ndjson'), JSON.stringify(asked));
    const words = ['--db', `${version}.db`, '--definitions', both, ...it.against, '--inputs', 'asked.ndjson'];
    expect(await it.run('store', 'rebuild', ...words)).toMatchObject({ code: 0, stderr: '' });
    const store = new SqliteStore({ file: join(it.folder, `${version}.db`) });
    const [created] = await store.logOf('a');
    expect(created!.event).toMatchObject({ kind: 'saga-created', definitionVersion: version });
    await store.close();
  }
});

test('what was exported is a store again, and every question is answered as before', async () => {
  const it = await shop();
  await it.driven(async (host) => {
    for (const id of ['a', 'b']) await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
  });
  await it.run('store', 'export', 'all.ndjson', '--db', 'sagas.db');
  const imported = await it.run('store', 'import', 'all.ndjson', '--db', 'again.db');
  expect(imported.stdout).toBe('again.db has 2 sagas\n');
  const [was, is] = [
    await it.run('store', 'export', '--db', 'sagas.db'),
    await it.run('store', 'export', '--db', 'again.db'),
  ];
  expect(is.stdout.replaceAll(/"epoch":\d+/g, '')).toBe(was.stdout.replaceAll(/"epoch":\d+/g, ''));
});

test('sagas that were retired are told as such, and neither rebuilt nor imported', async () => {
  const it = await shop();
  const end = (...ids: readonly string[]) =>
    it.driven(async (host) => {
      for (const id of ids) await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
    });
  await end('old-1', 'old-2');
  const on = ['--db', 'sagas.db', ...DEFINITIONS, ...it.against];
  await it.run('store', 'retire', 'archive.ndjson', '--days', '0', '--db', 'sagas.db');
  await end('kept');
  await it.run('store', 'backup', 'copy.db', '--db', 'sagas.db');
  await end('late');
  await it.run('store', 'retire', '--days', '0', '--db', 'sagas.db');
  await end('new');
  const reconciled = await it.run('reconcile', ...on);
  expect(reconciled.stdout).toBe(
    ' ✓ 1 saga, 3 operations, 15 entries: the books and the log agree\n   not judged, for their logs were retired: 4 sagas with 12 entries\n',
  );
  const json = JSON.parse((await it.run('reconcile', ...on, '--json')).stdout);
  const gone = { retiredAtUs: expect.any(Number), entries: 3 };
  expect(json.retired.map(({ saga }: { saga: string }) => saga).sort()).toEqual([
    'kept',
    'late',
    'old-1',
    'old-2',
  ]);
  expect(json).toMatchObject({ reconciled: true, differences: [], retired: [gone, gone, gone, gone] });

  const rebuilt = await it.run('store', 'rebuild', ...on);
  expect([rebuilt.code, rebuilt.stdout.includes('After it')]).toEqual([0, false]);
  const restored = await it.run('store', 'restore', 'copy.db', ...on);
  expect(restored.stdout).toContain('✗ new not in the log');
  expect(restored.stdout).not.toContain('late');
  expect(restored.stdout).toContain('their logs were retired: 3 sagas with 9 entries');

  await it.run('store', 'export', 'all.ndjson', '--db', 'sagas.db.before-restore');
  expect((await it.run('store', 'import', 'all.ndjson', '--db', 'again.db')).stdout).toBe(
    'again.db has 1 saga\n',
  );
  const again = await it.run('reconcile', '--db', 'again.db', ...DEFINITIONS, ...it.against);
  expect(again.stdout).toBe(reconciled.stdout);
});

test('of a service that is away nothing is guessed: no store is replaced, and none is made', async () => {
  const it = await shop();
  const create = (id: string) =>
    it.driven(async (host) => {
      await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
    });
  await create('kept');
  await it.run('store', 'backup', 'copy.db', '--db', 'sagas.db');
  await create('lost');
  const was = (await it.run('store', 'export', '--db', 'sagas.db')).stdout;
  await it.take('card');
  const on = [...DEFINITIONS, ...it.against];
  const files = readdirSync(it.folder).sort();
  const away = [2, '', expect.stringContaining('the books of card cannot be read: it cannot be asked')];
  const restored = await it.run('store', 'restore', 'copy.db', '--db', 'sagas.db', ...on);
  expect([restored.code, restored.stdout, restored.stderr]).toEqual(away);
  const rebuilt = await it.run('store', 'rebuild', '--db', 'new.db', ...on);
  expect([rebuilt.code, rebuilt.stdout, rebuilt.stderr]).toEqual(away);
  const configured = Object.fromEntries(
    it.against.filter((word) => word !== '--against').map((word) => word.split('=')),
  );
  writeFileSync(join(it.folder, 'sagastorm.config.json'), JSON.stringify({ services: configured }));
  const byConfig = await it.run('store', 'restore', 'copy.db', '--db', 'sagas.db', ...DEFINITIONS);
  expect([byConfig.code, byConfig.stdout, byConfig.stderr]).toEqual(away);
  expect(
    readdirSync(it.folder)
      .filter((one) => one !== 'sagastorm.config.json')
      .sort(),
  ).toEqual(files);
  expect((await it.run('store', 'export', '--db', 'sagas.db')).stdout).toBe(was);
});

test.each([
  ['no backup', ['restore'], 'store restore needs the backup'],
  ['a backup that is not there', ['restore', 'none.db'], 'there is no backup none.db'],
  ['a backup that is none', ['restore', 'text.db'], 'text.db is no backup of a store: it is neither'],
  ['no export', ['import', 'none.ndjson'], 'store import needs what store export wrote'],
  ['an export that is none', ['import', 'text.db'], 'line 1 of the export: it is not JSON'],
  ['no books', ['rebuild', '--db', 'new.db'], 'it is not said whose books to compare with'],
])('%s is refused in one sentence, and nothing is overwritten', async (_what, words, sentence) => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'text.db'), 'this is a text\n');
  const on = words.includes('--db') ? [] : ['--db', 'sagas.db'];
  const { code, stderr } = await line(['store', ...words, ...on], folder);
  expect([code, stderr]).toEqual([64, expect.stringContaining(sentence)]);
  expect(existsSync(join(folder, 'sagas.db'))).toBe(false);
});
