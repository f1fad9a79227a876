// The audit of a run for real finds what was tampered with, and nothing where nothing was: a checker that has never failed
// proves nothing.

import { expect, test } from 'vitest';
import { audit } from '../../../simulator/audit/audit.ts';
import type { Evidence, HandledCall } from '../../../simulator/audit/evidence.ts';
import { entryOf, quick, realRun, sagaThat, scenario, withCalls, withLog } from './real-run.ts';

const OPTIONS = { scenario, policy: quick, seed: 'a', faultsEnabled: {} };
const untouched = await realRun();
const completed = sagaThat(untouched, 'saga-completed');
const compensated = sagaThat(untouched, 'saga-compensated');

function found(evidence: Evidence): readonly string[] {
  return [...new Set(audit(evidence, OPTIONS).violations.map(({ invariant }) => invariant))];
}

const isOf =
  (saga: string, action: string) =>
  ({ call }: HandledCall): boolean =>
    call.saga === saga && call.action === action;

test('what nobody tampered with has held, and is counted', () => {
  const result = audit(untouched, OPTIONS);
  expect(result.violations).toEqual([]);
  expect(result).toMatchObject({
    verdict: 'held',
    sagas: { started: 20, open: 0, failed: 0 },
    calls: untouched.services.bank!.handled.length,
  });
  expect(result.sagas.completed + result.sagas.compensated).toBe(20);
  expect(result.latencyUs.saga).toHaveLength(20);
  expect(result.latencyUs.compensation).toHaveLength(result.sagas.compensated);
  expect(result.invariantsExercised).toEqual(
    expect.arrayContaining(['money-conserved', 'all-or-nothing', 'undo-order', 'every-saga-ends']),
  );
});

test('the same evidence has the same fingerprint, other evidence another', () => {
  const { fingerprint } = audit(untouched, OPTIONS);
  expect(audit(untouched, OPTIONS).fingerprint).toBe(fingerprint);
  const shorter = withLog(untouched, completed, (log) => log.slice(0, -1));
  expect(audit(shorter, OPTIONS).fingerprint).not.toBe(fingerprint);
});

test.each<readonly [invariant: string, what: string, evidence: Evidence]>([
  [
    'no-lost-event',
    'the log of a saga that was acknowledged is gone',
    withLog(untouched, completed, () => []),
  ],
  [
    'every-saga-ends',
    'a saga stands still',
    withLog(untouched, completed, (log) => log.filter(({ event }) => event.kind !== 'saga-completed')),
  ],
  [
    'at-most-once',
    'an effect landed twice',
    withCalls(untouched, (handled) =>
      handled.map((one) =>
        isOf(completed, 'debit')(one) ? { ...one, entries: [entryOf(one), entryOf(one)] } : one,
      ),
    ),
  ],
  [
    'nothing-after-the-end',
    'an undone call took effect when its saga had ended',
    withCalls(untouched, (handled) => {
      const debit = handled.find(isOf(compensated, 'debit'))!;
      return [...handled, { ...debit, atUs: untouched.endedAtUs }];
    }),
  ],
  [
    'append-before-send',
    'a call came before the log intended it',
    withCalls(untouched, (handled) =>
      [...handled]
        .map((one) => (isOf(completed, 'debit')(one) ? { ...one, atUs: untouched.beganAtUs } : one))
        .sort((a, b) => a.atUs - b.atUs),
    ),
  ],
  [
    'key-is-stable',
    'a call came again under another key',
    withCalls(untouched, (handled) =>
      handled.flatMap((one) =>
        isOf(completed, 'credit')(one)
          ? [one, { ...one, entries: [], call: { ...one.call, key: `${one.call.key}-2` } }]
          : [one],
      ),
    ),
  ],
  [
    'status-is-true',
    'a saga completed whose credit is in no ledger',
    withCalls(untouched, (handled) =>
      handled.map((one) => (isOf(completed, 'credit')(one) ? { ...one, entries: [] } : one)),
    ),
  ],
  [
    'all-or-nothing',
    'an undo that the log has is in no ledger',
    withCalls(untouched, (handled) =>
      handled.map((one) => (isOf(compensated, 'compensate_debit')(one) ? { ...one, entries: [] } : one)),
    ),
  ],
  [
    'one-writer',
    'an earlier epoch wrote after a later one',
    withLog(untouched, completed, (log) =>
      log.map((row, i) => (i === log.length - 1 ? { ...row, epoch: row.epoch - 1 } : row)),
    ),
  ],
  [
    'log-is-state',
    'a log has a gap',
    withLog(untouched, completed, (log) =>
      log.map((row, i) => (i === log.length - 1 ? { ...row, version: row.version + 3 } : row)),
    ),
  ],
  [
    'money-conserved',
    'a balance is not what it was before, and no entry says why',
    {
      ...untouched,
      services: { bank: { ...untouched.services.bank!, closing: richer(untouched) } },
    },
  ],
])('%s: %s', (invariant, _what, evidence) => {
  expect(found(evidence)).toContain(invariant);
});

test('a run that was cut short has no verdict, whatever is open', () => {
  const open = withLog(untouched, completed, (log) => log.slice(0, -1));
  expect(audit(open, { ...OPTIONS, inconclusive: 'interrupted' })).toMatchObject({
    verdict: 'inconclusive',
    inconclusive: 'interrupted',
    sagas: { open: 1 },
  });
});

test('what is not of this run does not count', () => {
  const more = new Map(untouched.logs);
  const log = untouched.logs.get(completed)!;
  more.set(
    'x-1',
    log.map((row) => ({ ...row, saga: 'x-1' })),
  );
  expect(audit({ ...untouched, logs: more }, OPTIONS)).toMatchObject({
    verdict: 'held',
    sagas: { started: 20 },
  });
});

/** The bank, and a cent that nobody paid in. */
function richer({ services }: Evidence) {
  const { closing } = services.bank!;
  const { ledger } = closing;
  return {
    ...closing,
    ledger: {
      drain: () => ledger.drain(),
      stock: () => ledger.stock(),
      *balances(): Iterable<readonly [string, number]> {
        let extra = 1;
        for (const [account, balance] of ledger.balances()) {
          yield [account, balance + extra];
          extra = 0;
        }
      },
    },
  };
}
