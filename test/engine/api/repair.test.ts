// People's acts over HTTP: one by one and many at once, dry and for real, by those who may.

import { expect, test } from 'vitest';
import { accessToken, type Role } from '../../../engine/api/access.ts';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import { APPLIED, LOST, NO } from '../live/stage.ts';
import { bearer, EXAMPLE, type Served, served } from './served.ts';

/** The charge is refused, and the release of the stock never succeeds while `isDown`. */
async function shop(options: Parameters<typeof served>[0] = {}) {
  const service = { isDown: true };
  const answer = ({ action }: Call): Outcome => {
    if (action === 'charge') return NO;
    return action === 'release' && service.isDown ? LOST : APPLIED;
  };
  return { service, ...(await served({ answer, ...options })) };
}

/** Sagas of which the undo was given up. */
async function stuck({ host }: Served, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) await host.createFromJson(EXAMPLE, { id });
  for (const id of ids) await host.whenEnded(id);
}

const repairPath = (id: string): string => `/api/admin/sagas/${id}/repair`;

test('an act is done once, and stands in the log with who and why', async () => {
  const api = await shop();
  await stuck(api, 's-1');
  const body = { act: 'skip', id: 'inc-7', by: 'anna', why: 'the shelf is gone' };
  const first = await api.ask('POST', repairPath('s-1'), body);
  expect(first.json).toMatchObject({
    saga: 's-1',
    status: 'compensation_failed',
    result: 'done',
    by: 'anna',
  });
  const again = await api.ask('POST', repairPath('s-1'), body);
  expect([again.status, again.json.result]).toEqual([200, 'done-before']);
  const acts = [
    { act: 'skip', id: 'inc-7', step: EXAMPLE.steps[0]!.id, by: 'anna', why: 'the shelf is gone' },
  ];
  const { json: detail } = await api.ask('GET', '/api/admin/sagas/s-1');
  expect(detail).toMatchObject({ status: 'resolved', acts });
  expect((await api.ask('GET', '/api/sagas/s-1/why')).json).toMatchObject({ waitsFor: 'nothing', acts });
  const { events } = (await api.ask('GET', '/api/sagas/s-1/events')).json as { events: { type: string }[] };
  expect(events.filter(({ type }) => type === 'step-skipped')).toHaveLength(1);
});

test('what does not apply is a 409 of one sentence, and nothing is written', async () => {
  const api = await shop();
  await stuck(api, 's-1');
  const before = await api.store.logOf('s-1');
  const { status, json } = await api.ask('POST', repairPath('s-1'), { act: 'retry', by: 'anna' });
  expect([status, json.code]).toEqual([409, 'refused']);
  expect(json.detail).toBe(
    'retry does not apply to the saga: it is compensation_failed: only what ended without effect begins anew.',
  );
  expect(await api.store.logOf('s-1')).toEqual(before);
});

test.each([
  ['an act that there is not', { act: 'undo', by: 'anna' }, 'bad-request'],
  ['nobody', { act: 'resume' }, 'bad-act'],
  ['no reason for a skip', { act: 'skip', by: 'anna' }, 'bad-act'],
  ['a reason of two lines', { act: 'skip', by: 'anna', why: 'a\nb' }, 'bad-act'],
  ['a misspelt member', { act: 'resume', by: 'anna', dryrun: true }, 'bad-request'],
  ['a step for the whole saga', { act: 'resolve', by: 'anna', why: 'x', step: 'a' }, 'bad-act'],
])('a repair with %s is refused', async (_what, body, code) => {
  const api = await shop();
  await stuck(api, 's-1');
  const { status, json } = await api.ask('POST', repairPath('s-1'), body);
  expect([status, json.code]).toEqual([400, code]);
});

test('an unknown saga is a 404, and among many a line', async () => {
  const api = await shop();
  expect((await api.ask('POST', repairPath('none'), { act: 'resume', by: 'anna' })).status).toBe(404);
  const { json } = await api.ask('POST', '/api/admin/repair', {
    act: 'resume',
    id: 'x',
    by: 'anna',
    sagas: ['none'],
  });
  expect(json.results).toMatchObject([{ saga: 'none', result: 'refused', reason: 'there is no such saga' }]);
});

test('a dry run says what would happen to each, and nothing does', async () => {
  const api = await shop();
  await stuck(api, 's-1', 's-2');
  const before = [await api.store.logOf('s-1'), await api.store.logOf('s-2')];
  const body = { act: 'resume', id: 'inc-8', by: 'anna', filter: { status: ['compensation_failed'] } };
  const { json } = await api.ask('POST', '/api/admin/repair', { ...body, dryRun: true });
  const events = ['compensation-resumed', `compensation-requested ${EXAMPLE.steps[0]!.id}`];
  expect(json).toMatchObject({
    dryRun: true,
    counts: { foreseen: 2 },
    results: [
      { saga: 's-2', result: 'foreseen', events },
      { saga: 's-1', result: 'foreseen', events },
    ],
  });
  expect([await api.store.logOf('s-1'), await api.store.logOf('s-2')]).toEqual(before);
});

test('many are repaired page by page, and the same request again does nothing twice', async () => {
  const api = await shop();
  const ids = Array.from({ length: 7 }, (_, i) => `s-${i}`);
  await stuck(api, ...ids);
  api.service.isDown = false;
  const body = {
    act: 'resume',
    id: 'inc-9',
    by: 'anna',
    limit: 3,
    filter: { status: ['compensation_failed'] },
  };
  const seen: string[] = [];
  for (let cursor: unknown, isFirst = true; isFirst || typeof cursor === 'string'; isFirst = false) {
    const { json } = await api.ask('POST', '/api/admin/repair', {
      ...body,
      ...(typeof cursor === 'string' ? { cursor } : {}),
    });
    for (const { saga, result } of json.results as { saga: string; result: string }[])
      seen.push(`${saga} ${result}`);
    cursor = json.next;
  }
  expect(seen.sort()).toEqual(ids.map((id) => `${id} done`));
  for (const id of ids) expect((await api.host.whenEnded(id)).status).toBe('compensated');
  const logs = await Promise.all(ids.map((id) => api.store.logOf(id)));
  const { json } = await api.ask('POST', '/api/admin/repair', {
    act: 'resume',
    id: 'inc-9',
    by: 'anna',
    sagas: ids,
  });
  expect(json.counts).toEqual({ 'done-before': 7 });
  expect(await Promise.all(ids.map((id) => api.store.logOf(id)))).toEqual(logs);
});

test('a filter takes name, cause and how long a saga is stuck, all together', async () => {
  const api = await shop();
  await stuck(api, 's-1');
  const ask = async (filter: object) => {
    const body = { act: 'resume', id: 'x', by: 'anna', dryRun: true, filter };
    return ((await api.ask('POST', '/api/admin/repair', body)).json.results as unknown[]).length;
  };
  expect(await ask({ name: EXAMPLE.name })).toBe(1);
  expect(await ask({ name: 'other' })).toBe(0);
  expect(await ask({ cause: 'compensating-failure' })).toBe(1);
  expect(await ask({ cause: 'slow-service' })).toBe(0);
  expect(await ask({ stuckSeconds: 0, cause: 'compensating-failure' })).toBe(1);
  expect(await ask({ stuckSeconds: 3_600 })).toBe(0);
  expect(await ask({ status: ['running'] })).toBe(0);
});

test.each([
  ['a filter of nothing', { filter: {} }],
  ['neither sagas nor filter', {}],
  ['both', { sagas: ['s-1'], filter: { status: ['running'] } }],
  ['a cause that there is not', { filter: { cause: 'gremlins' } }],
  ['too many at a time', { filter: { status: ['running'] }, limit: 501 }],
])('many with %s are refused: all sagas there are is never meant', async (_what, which) => {
  const api = await shop();
  const body = { act: 'resume', id: 'x', by: 'anna', ...which };
  expect((await api.ask('POST', '/api/admin/repair', body)).status).toBe(400);
});

const SECRETS = {
  read: 'a-secret-to-read-with',
  operate: 'a-secret-to-operate-with',
  admin: 'a-secret-to-administer',
} as const satisfies Record<Role, string>;

test('skip and resolve are for admins, and who acts is whose token it is', async () => {
  const tokens = Object.entries(SECRETS).map(([role, secret]) =>
    accessToken(secret, role as Role, `${role}-desk`),
  );
  const api = await shop({ tokens });
  await stuck(api, 's-1');
  const ask = (role: Role, body: object) => api.ask('POST', repairPath('s-1'), body, bearer(SECRETS[role]));
  for (const act of ['skip', 'resolve']) {
    const { status, json } = await ask('operate', { act, why: 'x' });
    expect([act, status, json.code]).toEqual([act, 403, 'not-allowed']);
  }
  expect((await ask('read', { act: 'resume' })).status).toBe(403);
  expect((await ask('operate', { act: 'resume' })).json.by).toBe('operate-desk');
  await api.host.whenEnded('s-1');
  expect((await ask('admin', { act: 'resolve', by: 'anna', why: 'x' })).json.by).toBe('anna (admin-desk)');
});

test('the older addresses leave who and why in the log, too, and take an Idempotency-Key', async () => {
  const api = await shop();
  await stuck(api, 's-1');
  api.service.isDown = false;
  const headers = { 'idempotency-key': 'a key of ours' };
  const body = { reason: 'the shelf\nis back' };
  expect((await api.ask('PUT', '/api/sagas/s-1/compensate', body, headers)).status).toBe(202);
  await api.host.whenEnded('s-1');
  expect((await api.ask('PUT', '/api/sagas/s-1/compensate', body, headers)).status).toBe(202); // its answer was lost
  const { json } = await api.ask('GET', '/api/sagas/s-1/why');
  expect(json.acts).toMatchObject([{ act: 'resume', by: 'anybody', why: 'the shelf is back' }]);
});

test('an act that is asked for by many at once is done once', async () => {
  const api = await shop();
  await stuck(api, 's-1');
  const body = { act: 'resolve', id: 'inc-7', by: 'anna', why: 'x' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.ask('POST', repairPath('s-1'), body)),
  );
  const results = answers.map(({ json }) => json.result);
  expect(results.filter((result) => result === 'done')).toHaveLength(1);
  expect(new Set(results)).toEqual(new Set(['done', 'done-before']));
  const acts = (await api.store.logOf('s-1')).filter(({ event }) => event.kind === 'saga-resolved');
  expect(acts).toHaveLength(1);
});
