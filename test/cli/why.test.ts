// `sagastorm why`, `health` and `diagnose`: a store is read, and what has not ended, or went wrong, is explained.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SagaEvent } from '../../engine/core/saga-event.ts';
import { SqliteStore, sagaOfKey } from '../../engine/live/index.ts';
import { appendAll, appendOf, COMPLETED, CREATED, REQUESTED } from '../engine/live/store-asking.ts';
import { freshFolder, line, lineByLine } from './sagastorm.ts';

test('a saga is found by the key that began it, and told with what it was begun with', async () => {
  const folder = freshFolder();
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  let epoch = 0;
  store.open('main', { opened: (opened) => (epoch = opened) });
  const source = { name: 'd', steps: [] };
  const order = { ...CREATED, input: { orderId: 4711, note: 'x'.repeat(400) } } as SagaEvent;
  const ids = [sagaOfKey('order-4711'), sagaOfKey('order-4712', 'orders')];
  await appendAll(store, [
    appendOf(ids[0]!, epoch, [order, REQUESTED]),
    appendOf(ids[1]!, epoch, [{ ...CREATED, source } as SagaEvent, REQUESTED]),
  ]);
  await store.close();
  const on = ['--db', 'sagas.db'];
  const { stdout } = await line(['why', 'order-4711', ...on], folder);
  expect(stdout).toMatch(
    new RegExp(`^ ✗ ${ids[0]} waits .*\\n     d 3, begun with {"orderId":4711,"note":"x{270,280}…\\n`),
  );
  const [one, other, json] = await lineByLine(
    [
      ['diagnose', 'order-4711', ...on],
      ['why', 'order-4712', ...on],
      ['why', 'order-4711', '--json', ...on],
    ],
    folder,
  );
  expect(one!.stdout).toContain(` ${ids[0]} running: engine-away`);
  expect(other!.stdout).toContain(` ${ids[1]} waits`);
  expect(other!.stdout).toContain('d 3, begun with {"name":"d","steps":[]}\n');
  expect(JSON.parse(json!.stdout)).toMatchObject({ saga: ids[0], input: { orderId: 4711 } });
});

test('of all that went wrong alike one is told, and some of the others are named', async () => {
  const folder = freshFolder();
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  let epoch = 0;
  store.open('main', { opened: (opened) => (epoch = opened) });
  const refused = (saga: string, reason: string) => {
    const why = { step: 'a', failure: 'business', reason } as const;
    const events: SagaEvent[] = [
      CREATED,
      REQUESTED,
      { kind: 'step-rejected', ...why },
      { kind: 'saga-failed', reason: { kind: 'step-failed', ...why } },
    ];
    return appendOf(saga, epoch, events, { atUs: Date.now() * 1_000 });
  };
  const poor = ['poor-1', 'poor-2', 'poor-3', 'poor-4', 'poor-5'].map((saga) => refused(saga, 'no money'));
  await appendAll(store, [refused('odd', 'no seat'), ...poor]);
  await store.close();
  const { stdout } = await line(['diagnose', '--all', '--db', 'sagas.db'], folder);
  expect(stdout.match(/no money/g)).toHaveLength(1);
  expect(stdout).toMatch(
    /^ (poor-\d) failed: business-refusal(?:.|\n)*\n {5}the same of 4 others: poor-\d, poor-\d, poor-\d, …\n odd failed: /,
  );
  expect(stdout).toMatch(/no seat\n.*\n\n 6 sagas that did not complete/);
});

test('open sagas are told, those that are stuck first; ended ones are not', async () => {
  const folder = freshFolder();
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  let epoch = 0;
  store.open('main', { opened: (opened) => (epoch = opened) });
  const nowUs = Date.now() * 1_000;
  await appendAll(store, [
    appendOf('fresh', epoch, [CREATED, REQUESTED], { atUs: nowUs }),
    appendOf('old', epoch, [CREATED, REQUESTED], { atUs: nowUs - 3_600_000_000 }),
    appendOf('done', epoch, [CREATED, COMPLETED], { atUs: nowUs }),
  ]);
  await store.close();
  const all = await line(['why', '--db', 'sagas.db'], folder);
  expect(all.code).toBe(0);
  expect(all.stdout).toMatch(
    /✗ old waits for an answer to attempt 1 of "a", for 1 h.*· fresh .*2 sagas · 1 stuck/s,
  );
  expect(all.stdout).not.toContain('done');
  const one = await line(['why', 'done', '--db', 'sagas.db', '--json'], folder);
  expect(JSON.parse(one.stdout)).toMatchObject({ saga: 'done', waitsFor: 'nothing', status: 'completed' });
  const health = await line(['health', '--db', 'sagas.db'], folder);
  expect(health.stdout).toMatch(/✓ healthy.*open +2, of which 1 stuck.*1 have not moved/s);
  const diagnosed = await line(['diagnose', 'old', '--db', 'sagas.db'], folder);
  expect(diagnosed.stdout).toMatch(
    /old running: engine-away — no engine goes on with it\n +· it waits for an answer/,
  );
  const both = await line(['diagnose', '--all', '--db', 'sagas.db', '--json'], folder);
  expect(JSON.parse(both.stdout)).toMatchObject({
    summary: { sagas: 2, primary: 'engine-away', classes: { 'engine-away': 1, none: 1 } },
    diagnoses: [{ saga: 'old' }, { saga: 'fresh', class: 'none' }],
  });
  for (const [words, sentence] of [
    [['diagnose'], 'diagnose needs a saga, or --all'],
    [['diagnose', 'old', '--all'], 'diagnose takes a saga or --all, not both'],
    [['diagnose', 'nobody', '--db', 'sagas.db'], 'the store knows no saga "nobody"'],
  ] as const) {
    const { code, stderr } = await line(words, folder);
    expect([code, stderr]).toEqual([64, expect.stringContaining(sentence)]);
  }
  const none = await line(['why', 'nobody', '--db', 'sagas.db'], folder);
  expect([none.code, none.stderr]).toEqual([64, expect.stringContaining('knows no saga "nobody"')]);
});

test('health counts those that wait for a person as not completed', async () => {
  const folder = freshFolder();
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  let epoch = 0;
  store.open('main', { opened: (opened) => (epoch = opened) });
  const atUs = Date.now() * 1_000;
  const givenUp: readonly SagaEvent[] = [
    CREATED,
    REQUESTED,
    { kind: 'step-applied', step: 'a' },
    { kind: 'compensation-started', reason: { kind: 'cancelled' } },
    { kind: 'compensation-requested', step: 'a' },
    { kind: 'step-compensation-failed', step: 'a', failure: 'timeout', reason: 'no answer' },
    { kind: 'saga-compensation-failed' },
  ];
  await appendAll(store, [
    ...[1, 2, 3, 4, 5, 6].map((i) => appendOf(`stuck-${i}`, epoch, givenUp, { atUs })),
    appendOf('done', epoch, [CREATED, COMPLETED], { atUs }),
  ]);
  await store.close();
  const { stdout } = await line(['health', '--db', 'sagas.db'], folder);
  expect(stdout).toMatch(/! degraded.*1 saga ended · 6 wait for a person · completed 14\.3 %/s);
  expect(stdout).toMatch(/, and of those that wait for a person\n +a +6 calls .* 6 failed undos/);
  expect(stdout).toContain('· 85.7 % of the sagas of the last 24 h wait for a person');
  expect(stdout).not.toMatch(/faster|at the same time/);
});
