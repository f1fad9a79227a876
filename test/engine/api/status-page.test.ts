// The status page in its words: durations, and commands that ask the server that shows them. In a browser it is looked at
// by test/browser/status-page.test.ts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration } from '../../../engine/api/duration.ts';
import { pageOrigin } from '../../../engine/api/page-origin.ts';
import { statusPage } from '../../../engine/api/status-page.ts';
import type { StatusSnapshot } from '../../../engine/api/status-snapshot.ts';
import { repairCommand, SERVER_URL_DEFAULT } from '../../../engine/core/repair-command.ts';
import { SAGA_STATUSES } from '../../../engine/core/saga-status.ts';
import { duration as reported } from '../../../reports/wording.ts';

const COMMAND = repairCommand('resume', 'order-7');
const SNAPSHOT: StatusSnapshot = {
  schema: 'sagastorm/status@1',
  at: '2026-01-01T00:12:00.000Z',
  sagas: {
    total: 0,
    byStatus: Object.fromEntries(
      SAGA_STATUSES.map((status) => [status, 0]),
    ) as StatusSnapshot['sagas']['byStatus'],
  },
  perSecond: { created: 1.5, ended: null },
  latencyMs: { p50: 1_204, p99: 754_000, samples: 9 },
  stuck: {
    afterSeconds: 600,
    openTooLong: 0,
    notMoving: 0,
    needPerson: 1,
    sagas: [
      {
        id: 'order-7',
        name: 'order',
        status: 'compensation_failed',
        createdAt: '2026-01-01T00:00:00.000Z',
        ageSeconds: 720,
        why: 'waits for a person',
        remedy: `Mend it: ${COMMAND}`,
        command: COMMAND,
      },
      {
        id: 'order-8',
        name: 'order',
        status: 'running',
        createdAt: '2026-01-01T00:00:00.000Z',
        ageSeconds: 720,
        why: 'waits <b>',
        remedy: 'Nothing is needed.',
      },
    ],
  },
  engine: { isUp: true, sagasInMemory: 3, callsInFlight: 0, lagP99Ms: 11.4 },
};

test('durations are told as people read them, never as so many milliseconds or seconds', () => {
  const { body } = statusPage(SNAPSHOT, undefined);
  for (const words of [
    '<b id="rate-created">1.5/s</b>',
    '<b id="rate-ended">–</b>',
    '<b id="p50">1,204 ms</b>',
    '<b id="p99">12.6 min</b>',
    '<b id="lag">11.4 ms</b>',
    'open for more than 10 min;',
    '<td data-label="Age">12 min</td>',
  ]) {
    expect(body).toContain(words);
  }
});

test('the durations of pages and those of reports have the same words', () => {
  const us = fc.oneof(fc.double({ min: 0, max: 1e14, noNaN: true }), fc.integer({ min: 0, max: 5_000_000 }));
  fc.assert(fc.property(us, (value) => duration(value) === reported(value)));
});

test('a cell says what it is of, for where there are no columns; what is told is no HTML', () => {
  const { body } = statusPage(SNAPSHOT, undefined);
  expect(body.match(/data-label="What to do"/g)).toHaveLength(2);
  expect(body).toContain('<td data-label="What to do">Nothing is needed.</td>');
  expect(body).toContain('It waits &#60;b&#62;.');
});

test.each([
  ['127.0.0.1:9001', undefined, ' --url http://127.0.0.1:9001'],
  ['127.0.0.1:8080', undefined, ''], // whom `sagastorm repair` asks by itself
  ['Sagas.example', 'https, http', ' --url https://sagas.example'],
  ['[::1]:8080', undefined, ' --url http://[::1]:8080'],
  ['evil.example;id', undefined, ''],
  ['$(id)', undefined, ''],
  ['-x', undefined, ''],
  ['', undefined, ''],
])('the commands of a page that was asked for at %j, behind %j, ask that server', (host, proto, words) => {
  const headers: Readonly<Record<string, string | undefined>> = { host, 'x-forwarded-proto': proto };
  const { body } = statusPage(
    SNAPSHOT,
    pageOrigin((name) => headers[name]),
  );
  expect(body).toContain(`Mend it: <code>${COMMAND}${words}</code>`);
  expect(SERVER_URL_DEFAULT).toBe('http://127.0.0.1:8080');
});
