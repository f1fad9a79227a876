// docs/on-call.md: its picture is what its command draws, and its tables name what there is.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EngineMeter } from '../../engine/api/index.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import { REPAIR_KINDS } from '../../engine/core/repair-act.ts';
import { REMEDIES } from '../../engine/observe/index.ts';
import { ended, freshFolder, start } from '../cli/sagastorm.ts';
import { EXAMPLE } from '../engine/api/example.ts';
import { served } from '../engine/api/served.ts';
import { APPLIED, LOST, NO } from '../engine/live/stage.ts';
import { rulesIn } from '../ops/rules.ts';
import { PICTURE, picture } from './trace-picture.ts';

const text = readFileSync('docs/on-call.md', 'utf8');

test('the picture of a trace is what `npm run trace-picture` draws', async () => {
  expect(text).toContain(PICTURE.replace('docs/', ''));
  expect(readFileSync(PICTURE, 'utf8')).toBe(await picture());
});

test('every meter of sagas is explained', () => {
  const names = new EngineMeter().registry.getMetricsAsArray().map(({ name }) => name);
  const written = text.replace(
    '`…_retry_total`, `…_failure_total`',
    '`saga_compensation_retry_total`, `saga_compensation_failure_total`',
  );
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !written.includes(`\`${name}`))).toEqual([]);
});

test('every alert says what to look at first', () => {
  const alerts = rulesIn('ops/prometheus/sagastorm.rules.yml').flatMap(({ alert }) => alert ?? []);
  const named = (alert: string): boolean =>
    text.includes(`\`${alert.replace(/(?<=^ErrorBudgetBurn).*/, '…')}\``);
  expect(alerts.filter((alert) => !named(alert))).toEqual([]);
  expect(text).toContain('\n## When an alert fires\n'); // where the rules send people
});

test('every class of the diagnosis is in its table', () => {
  const classes = Object.keys(REMEDIES).filter((name) => name !== 'none');
  expect(classes.filter((name) => !new RegExp(`^\\|.*\`${name}\`.*\\|.*\\|.*\\|`, 'm').test(text))).toEqual(
    [],
  );
});

test('every command of the section on repair does what it says', async () => {
  const [, section = ''] = /\n## Repair\n([\s\S]*?)\n## /.exec(text)!;
  const commands = [...section.matchAll(/^sagastorm (repair .*?)(?: +#.*)?$/gm)].map(([, words]) =>
    [...words!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!),
  );
  expect(commands.length).toBeGreaterThan(5);
  const service = { isDown: true };
  const answer = ({ action, saga }: Call): Outcome | undefined => {
    if (saga === 'order-5' && action === 'charge') return undefined; // it is running
    if (action === 'charge') return NO;
    return action === 'release' && service.isDown && saga !== 'order-4' ? LOST : APPLIED;
  };
  const { api, host } = await served({ answer });
  for (const n of [1, 2, 3, 4, 5, 6]) await host.createFromJson(EXAMPLE, { id: `order-${n}` });
  for (const n of [1, 2, 3, 4, 6]) await host.whenEnded(`order-${n}`);
  service.isDown = false;
  for (const words of commands) {
    const { code, stdout, stderr } = await ended(start([...words, '--url', api.url], freshFolder()));
    expect([words.join(' '), code, stderr]).toEqual([words.join(' '), 0, '']);
    expect(stdout).not.toContain('refused');
  }
  const acts = await Promise.all([1, 2, 3, 4, 5, 6].map(async (n) => (await host.state(`order-${n}`))?.acts));
  const done = acts.flatMap((list) => list?.map(({ act }) => act) ?? []);
  expect([...new Set(done)].sort()).toEqual([...REPAIR_KINDS].sort());
});
