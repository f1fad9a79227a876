// The rules of a participant under two-phase commit, R1 to R3: by example, and whatever order the messages of some
// transactions come in.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Call, Outcome, ParticipantEnv } from '../../../engine/index.ts';
import { ResourceManager } from '../../../engine/two-phase-commit/index.ts';
import { bank, orders } from '../../../participants-mock/index.ts';
import { callOf } from '../fence/call-of.ts';

const ENV: ParticipantEnv = { nowUs: 0, chance: () => false, commit: () => undefined };
const OPENING = 100;

function managed() {
  const accounts = bank({ accounts: 3, openingBalance: OPENING });
  const manager = new ResourceManager(accounts);
  const balances = (): Readonly<Record<string, number>> => Object.fromEntries(manager.ledger.balances());
  return { manager, balances, ask: (call: Call) => manager.handle(call, ENV) };
}

/** A call about the debit of one account by one transaction. */
function debit(action: string, saga: string, account: string, changes: Partial<Call> = {}): Call {
  const direction = action.startsWith('rollback') ? 'compensation' : 'forward';
  const call = callOf(direction, action, { account, amount: 10 }, { saga, step: 'debit' });
  return { ...call, key: `${saga}/debit/${direction}`, ...changes };
}

const prepare = (saga: string, account = 'a-0'): Call => debit('prepare:debit', saga, account);
const rollBack = (saga: string, account = 'a-0'): Call =>
  debit('rollback-prepared:compensate_debit', saga, account);
const commit = (saga: string): Call =>
  debit('commit-prepared', saga, 'a-0', {
    step: 'debit-commit',
    key: `${saga}/debit-commit/forward`,
    payload: { prepared: 'debit' },
  });

describe('R1: what is touched is locked until the decision', () => {
  test('another transaction is refused for now, by name, and without effect', () => {
    const { ask, balances } = managed();
    expect(ask(prepare('s-1')).kind).toBe('applied');
    const refused: Outcome = { kind: 'rejected', failure: 'transient', reason: 'a-0 is locked by s-1' };
    expect(ask(prepare('s-2'))).toEqual(refused);
    expect(ask(debit('debit', 's-3', 'a-0'))).toEqual(refused);
    expect(balances()['a-0']).toBe(OPENING - 10);
  });

  test('a record that two steps of a transaction touch is locked until both are decided', () => {
    const { ask } = managed();
    const second: Partial<Call> = { step: 'fee', key: 's-1/fee/forward' };
    ask(prepare('s-1'));
    expect(ask(debit('prepare:debit', 's-1', 'a-0', second)).kind).toBe('applied');
    ask(commit('s-1'));
    expect(ask(prepare('s-2')).kind).toBe('rejected');
    ask({ ...commit('s-1'), payload: { prepared: 'fee' } });
    expect(ask(prepare('s-2')).kind).toBe('applied');
  });

  test('other records are free', () => {
    const { ask } = managed();
    ask(prepare('s-1'));
    expect(ask(prepare('s-2', 'a-1')).kind).toBe('applied');
  });

  test.each([
    ['committed', commit('s-1'), OPENING - 20],
    ['rolled back', rollBack('s-1'), OPENING - 10],
  ])('after it is %s the next may have it', (_what, decision, left) => {
    const { ask, balances } = managed();
    ask(prepare('s-1'));
    expect(ask(decision).kind).toBe('applied');
    expect(ask(prepare('s-2')).kind).toBe('applied');
    expect(balances()['a-0']).toBe(left);
  });

  test('who is refused holds nothing', () => {
    const { ask } = managed();
    const much = debit('prepare:debit', 's-1', 'a-0', { payload: { account: 'a-0', amount: OPENING + 1 } });
    expect(ask(much)).toMatchObject({ kind: 'rejected', failure: 'business' });
    expect(ask(prepare('s-2')).kind).toBe('applied');
  });

  test('who fails with an error holds nothing', () => {
    const accounts = bank({ accounts: 3, openingBalance: OPENING });
    const failing = { ...accounts, handle: () => { throw new Error('disk full'); } }; // biome-ignore format: one line
    const manager = new ResourceManager(failing);
    expect(() => manager.handle(prepare('s-1'), ENV)).toThrow('disk full');
    expect(manager.heldBy(prepare('s-2'))).toBeUndefined();
  });

  test('a participant that does not say what it touches is locked as a whole', () => {
    const { records: _, ...silent } = orders();
    const manager = new ResourceManager(silent);
    const create = (saga: string) =>
      callOf('forward', 'prepare:create', {}, { saga, key: `${saga}/order/forward`, step: 'order' });
    expect(manager.handle(create('s-1'), ENV).kind).toBe('applied');
    expect(manager.handle(create('s-2'), ENV)).toMatchObject({ reason: 'everything is locked by s-1' });
  });
});

describe('R2 and R3: prepared is durable, decided is final', () => {
  test('a restart keeps votes and locks', () => {
    const { manager, ask } = managed();
    ask(prepare('s-1'));
    manager.restart();
    expect(ask(prepare('s-2')).kind).toBe('rejected');
    expect(ask(commit('s-1')).kind).toBe('applied');
  });

  test('a late prepare takes no lock, whatever was decided', () => {
    for (const decision of [commit('s-1'), rollBack('s-1')]) {
      const { ask } = managed();
      ask(prepare('s-1'));
      ask(decision);
      ask(prepare('s-1'));
      expect(ask(prepare('s-2')).kind).toBe('applied');
    }
  });

  test('a rollback that comes before its prepare leaves a tombstone', () => {
    const { ask, balances } = managed();
    expect(ask(rollBack('s-1')).kind).toBe('applied');
    expect(ask(prepare('s-1'))).toMatchObject({ kind: 'rejected', reason: 'compensated before it arrived' });
    expect(balances()['a-0']).toBe(OPENING);
    expect(ask(prepare('s-2')).kind).toBe('applied');
  });

  test('nothing is committed that was not prepared', () => {
    const { ask } = managed();
    expect(ask(commit('s-1'))).toEqual({
      kind: 'rejected',
      failure: 'invalid_request',
      reason: 'nothing is prepared for step "debit"',
    });
  });

  test('the books say once when locks are taken and released', () => {
    const { manager, ask } = managed();
    for (const call of [prepare('s-1'), prepare('s-1'), commit('s-1'), commit('s-1')]) ask(call);
    const entries = manager.ledger.drain().map(({ step, lock, postings }) => [step, lock, postings?.length]);
    expect(entries).toEqual([
      ['debit', { is: 'taken', by: ['debit'], records: ['a-0'] }, 2],
      ['debit-commit', { is: 'released', by: ['debit'], records: ['a-0'] }, undefined],
    ]);
  });
});

test('in whatever order messages come, and come again: decided transactions hold no lock, and money adds up', () => {
  const message = fc.record({
    saga: fc.constantFrom('s-1', 's-2', 's-3'),
    account: fc.constantFrom('a-0', 'a-1'),
    what: fc.constantFrom('prepare', 'rollback', 'commit', 'restart'),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
      const { manager, ask, balances } = managed();
      const account = new Map<string, string>();
      const fate = new Map<string, 'committed' | 'rolled-back'>();
      for (const { saga, account: drawn, what } of messages) {
        const of = account.get(saga) ?? drawn;
        account.set(saga, of);
        if (what === 'restart') manager.restart();
        if (what === 'prepare') ask(prepare(saga, of));
        if (what === 'commit' && fate.get(saga) === undefined && ask(commit(saga)).kind === 'applied')
          fate.set(saga, 'committed');
        if (
          what === 'rollback' &&
          fate.get(saga) !== 'committed' &&
          ask(rollBack(saga, of)).kind === 'applied'
        )
          fate.set(saga, 'rolled-back');
      }
      for (const saga of account.keys()) {
        if (fate.get(saga) === undefined) ask(rollBack(saga, account.get(saga)!));
      }
      const committed = (of: string): number =>
        [...fate].filter(([saga, how]) => how === 'committed' && account.get(saga) === of).length;
      for (const of of ['a-0', 'a-1']) {
        expect(balances()[of]).toBe(OPENING - 10 * committed(of));
        expect(ask(prepare(`later-${of}`, of)).kind).toBe('applied');
      }
    }),
  );
});
