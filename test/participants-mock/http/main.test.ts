// A participant as a program: what it says, and how it ends.

import { expect, test } from 'vitest';
import { KNOWN_SERVICES } from '../../../participants-mock/http/index.ts';
import { run, started } from './process.ts';
import { answered, fileOf } from './served.ts';

test.each(KNOWN_SERVICES)(
  '%s starts with nothing but its name and a file, and ends well when told to',
  async (service) => {
    const { url, kill, ended } = await started('--service', service, '--file', fileOf(service));
    expect((await answered(await fetch(`${url}/health`))).body).toEqual({ status: 'ok', service, calls: 0 });
    kill('SIGTERM');
    expect(await ended()).toEqual({
      code: 0,
      signal: null,
      said: `${JSON.stringify({ service, url })}\n`,
      complained: '',
    });
  },
);

const FILE = ['--file', 'nowhere/bank.db'];
test.each<readonly [string, readonly string[], RegExp]>([
  ['no service', FILE, /^--service is missing/],
  ['no file', ['--service', 'bank'], /^--file is missing/],
  [
    'an unknown service',
    ['--service', 'banc', ...FILE],
    /^there is no service "banc"\nDid you mean "bank"\?/,
  ],
  ['an unknown flag', ['--servcie', 'bank'], /^Unknown option '--servcie'/],
  ['options that are not JSON', ['--service', 'bank', ...FILE, '--options', '{'], /^--options is not JSON/],
  [
    'options that are no record',
    ['--service', 'bank', ...FILE, '--options', '5'],
    /^the options of bank are not/,
  ],
  [
    'an unknown option',
    ['--service', 'bank', ...FILE, '--options', '{"acounts":5}'],
    /no option "acounts"\nDid you/,
  ],
  ['a wrong option', ['--service', 'bank', ...FILE, '--options', '{"accounts":0}'], /^option accounts is 0/],
  [
    'an option of another kind',
    ['--service', 'bank', ...FILE, '--options', '{"creditFails":null}'],
    /Give a record/,
  ],
  ['a port', ['--service', 'bank', ...FILE, '--port', '70000'], /^the port is 70000/],
  ['chaos', ['--service', 'bank', ...FILE, '--chaos', '{"latency":1}'], /^there is no knob "latency"/],
])('%s: one sentence, a hint, and 64', async (_, args, why) => {
  const { code, said, complained } = await run(...args);
  expect([code, said]).toEqual([64, '']);
  expect(complained).toMatch(why);
  expect(complained.split('\n').length).toBeLessThanOrEqual(3);
});

test('a file of another service, and a port that is taken, are told as such', async () => {
  const { url } = await started('--service', 'bank', '--file', fileOf('bank'));
  const other = await run('--service', 'orders', '--file', fileOf('bank'));
  expect(other).toMatchObject({
    code: 64,
    complained: expect.stringContaining('is the file of the service "bank"'),
  });
  const taken = await run('--service', 'orders', '--file', fileOf('orders'), '--port', new URL(url).port);
  expect(taken).toMatchObject({ code: 64, complained: expect.stringContaining('cannot listen') });
});

test('--help tells how', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--service <name>') });
});
