// `sagastorm repair` against a server: one by one and all, dry and for real, and what it says of each.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { accessToken } from '../../engine/api/access.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import { EXAMPLE } from '../engine/api/example.ts';
import { type ServedOptions, served } from '../engine/api/served.ts';
import { APPLIED, LOST, NO } from '../engine/live/stage.ts';
import { type Ended, freshFolder, line } from './sagastorm.ts';

/** A server with sagas of which the undo was given up; the service is well again. */
async function stuck(ids: readonly string[], options: ServedOptions = {}) {
  const service = { isDown: true };
  const answer = ({ action }: Call): Outcome => {
    if (action === 'charge') return NO;
    return action === 'release' && service.isDown ? LOST : APPLIED;
  };
  const api = await served({ answer, ...options });
  for (const id of ids) await api.host.createFromJson(EXAMPLE, { id });
  for (const id of ids) await api.host.whenEnded(id);
  service.isDown = false;
  const repair = (words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    line(['repair', ...words, '--url', api.api.url], freshFolder(), env);
  return { ...api, repair };
}

test('a saga is repaired once, however often the command is given with the id of the act', async () => {
  const { repair, host, store } = await stuck(['s-1']);
  const words = ['resume', 's-1', '--by', 'anna', '--why', 'the shelf is back', '--act', 'inc-7'];
  const dry = await repair([...words, '--dry-run']);
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stdout).toContain('· s-1 would be done: compensation-resumed, compensation-requested');
  const first = await repair(words);
  expect(first.stdout).toMatch(/✓ s-1 done\n\n 1 saga · 1 done · act inc-7\n/);
  expect((await host.whenEnded('s-1')).status).toBe('compensated');
  const before = await store.logOf('s-1');
  expect((await repair(words)).stdout).toContain(' · s-1 was done before, nothing happened now\n');
  expect(await store.logOf('s-1')).toEqual(before);
});

test('all that are so are looked at, and repaired with --yes', async () => {
  const { repair, host } = await stuck(['s-1', 's-2']);
  const words = ['resume', '--all', '--status', 'compensation_failed', '--by', 'anna', '--act', 'inc-8'];
  const looked = await repair(words);
  expect(looked.stdout).toMatch(
    /· s-2 would be done.*· s-1 would be done.*2 sagas · 2 would be done · act inc-8/s,
  );
  expect(looked.stdout).toContain('Nothing was done. The same with --yes --act inc-8 does it.');
  expect((await host.state('s-1'))?.status).toBe('compensation_failed');
  const done = await repair([...words, '--yes', '--json']);
  expect(
    done.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { saga: 's-2', result: 'done' },
    { saga: 's-1', result: 'done' },
  ]);
  for (const id of ['s-1', 's-2']) expect((await host.whenEnded(id)).status).toBe('compensated');
  expect((await repair([...words, '--yes'])).stdout).toBe('No saga is so.\n');
  const none = await repair(['resume', '--all', '--cause', 'deadlock', '--stuck', '5m', '--by', 'anna']);
  expect(none).toMatchObject({ code: 0, stdout: 'No saga is so.\n' });
});

test('what is refused is a line with the reason, and the others are done', async () => {
  const { repair, store } = await stuck(['s-1', 's-2']);
  const { code, stdout } = await repair([
    'skip',
    's-1',
    'none',
    's-2',
    '--by',
    'anna',
    '--why',
    'gone for good',
  ]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/✓ s-1 done\n – none refused: there is no such saga.*\n ✓ s-2 done/);
  expect((await store.logOf('s-2')).at(-1)?.event).toEqual({ kind: 'saga-resolved' });
});

test('a server with tokens wants one, and says which role is missing', async () => {
  const secret = 'a-secret-to-operate-with';
  const { repair, host } = await stuck(['s-1'], { tokens: [accessToken(secret, 'operate', 'desk')] });
  const stranger = await repair(['resume', 's-1']);
  expect([stranger.code, stranger.stderr]).toEqual([64, expect.stringContaining('SAGASTORM_TOKEN')]);
  const env = { SAGASTORM_TOKEN: secret };
  const forMany = await repair(['resume', '--all', '--status', 'compensation_failed'], env);
  expect([forMany.code, forMany.stderr]).toEqual([64, expect.stringContaining('needs the role "admin"')]);
  expect((await repair(['resume', 's-1'], env)).stdout).toContain('✓ s-1 done');
  expect((await host.log('s-1')).findLast(({ event }) => 'act' in event)?.event).toMatchObject({
    kind: 'compensation-resumed',
    act: { by: 'desk' },
  });
});

test('what the server misses is named by its flag', async () => {
  const { repair } = await stuck(['s-1']);
  for (const [words, hint] of [
    [['resume', 's-1'], 'Give it as --by NAME'],
    [['resume', '--all', '--status', 'compensation_failed'], 'Give it as --by NAME'],
    [['resume', 's-1', '--by', 'anna', '--why', ' '], 'Give it as --why TEXT'],
  ] as const) {
    const { code, stderr } = await repair(words);
    expect([code, stderr]).toEqual([64, expect.stringContaining(hint)]);
  }
});

test.each([
  ['an answer that is no JSON', 200, '<p>hello</p>', 64],
  ['an answer of somebody else', 200, '{"results":null}', 64],
  ['a list', 200, '[]', 64],
  ['a refusal without a code', 404, '{"detail":"Cannot POST"}', 64],
  ['a proxy with nobody behind it', 502, '<h1>Bad Gateway</h1>', 2],
])('%s is told as such', async (_what, status, body, ends) => {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sentence = `what answered is no sagastorm server, or none is behind it (HTTP ${status})`;
  for (const which of [['s-1'], ['--all', '--status', 'running']]) {
    const words = ['repair', 'resume', ...which, '--by', 'anna', '--url', `http://127.0.0.1:${port}`];
    const { code, stderr } = await line(words);
    expect([code, stderr]).toEqual([ends, expect.stringContaining(sentence)]);
  }
  server.close();
});

test.each([
  [503, { code: 'store-failed', detail: 'the store could not be asked' }],
  [429, { code: 'too-many-requests', detail: 'too many requests' }],
])('a server that cannot now (HTTP %i) may another time', async (status, json) => {
  const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(json)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const words = ['repair', 'resume', 's-1', '--by', 'anna', '--url', `http://127.0.0.1:${port}`];
  const { code, stderr } = await line(words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(json.detail)]);
  server.close();
});

test.each([
  [['repair'], 'repair needs an act'],
  [['repair', 'skip', 's-1', '--by', 'anna'], 'repair skip needs a reason.\n  Give it as --why TEXT.'],
  [['repair', 'resolve', 's-1', '--by', 'anna'], 'repair resolve needs a reason.\n  Give it as --why TEXT.'],
  [
    ['repair', 'resume', '--all', '--status', 'running,compensation-failed', '--url', 'http://127.0.0.1:9'],
    '--status takes one of created, running, compensating, completed, compensated, failed, compensation_failed, resolved, not "compensation-failed".\n  Did you mean "compensation_failed"?',
  ],
  [['repair', 'resum', 's-1'], '"resum" is no repair'],
  [['repair', 'resume'], 'repair resume needs sagas'],
  [['repair', 'resume', 's-1', '--all'], 'sagas or --all, not both'],
  [['repair', 'resume', '--all'], '--all needs a condition'],
  [['repair', 'resume', '--all', '--stuck', 'long'], '--stuck takes a time such as 30s'],
  [
    ['repair', 'resume', 's-1', '--url', 'http://127.0.0.1:9'],
    'there is no sagastorm server at http://127.0.0.1:9 (',
    2,
  ],
  [
    ['why', '--store', 'postgres', '--db', 'postgres://u:secret@127.0.0.1:9/d'],
    'the database of sagas cannot be used: connect ECONNREFUSED 127.0.0.1:9.\n',
    2,
  ],
  [
    ['health', '--store', 'postgres', '--db', 'postgres://u:secret@/d?host=%2Fno%2Fsuch'],
    'the database of sagas cannot be used: connect ENOENT its socket.\n',
    2,
  ],
] as [string[], string, number?][])('%j ends in one sentence', async (words, sentence, ends = 64) => {
  const { code, stderr } = await line(words);
  expect([code, stderr]).toEqual([ends, expect.stringContaining(sentence)]);
  expect(stderr).not.toContain('secret');
  expect(stderr).not.toContain('    at ');
});
