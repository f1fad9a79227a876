// Who waits for a lock, for how long, and in which order they are served.

import { describe, expect, test } from 'vitest';
import type { Call } from '../../engine/index.ts';
import { bank } from '../../participants-mock/index.ts';
import { LockQueue } from '../../simulator/lock-queue.ts';
import type { Turn } from '../../simulator/timed-participant.ts';
import { at, callOf } from '../engine/fence/call-of.ts';

const SECOND = 1_000_000;

function queue() {
  const line = new LockQueue(bank({ accounts: 4, openingBalance: 100 }));
  let task = 0;
  const time = (nowUs: number) => ({ nowUs, clockUs: nowUs });
  return {
    ask: (call: Call, nowUs = 0, timeoutMs = 10_000): Turn =>
      line.begin({ task: ++task, call, transmission: 1, timeoutMs }, time(nowUs), at(nowUs)),
    advance: (nowUs: number): Turn => line.advance(time(nowUs)),
    restart: () => line.restart(),
  };
}

function debit(saga: string, account = 'a-0', step = 'debit'): Call {
  return callOf('forward', 'prepare:debit', { account, amount: 1 }, { saga, step, key: `${saga}/${step}` });
}

function commit(saga: string, step = 'debit'): Call {
  return callOf('forward', 'commit-prepared', { prepared: step }, { saga, key: `${saga}/${step}-commit` });
}

/** Who was answered, and how. */
function told({ answers }: Turn): readonly string[] {
  return answers.map(({ task, outcome }) => `${task} ${outcome.kind}`);
}

describe('a lock that another holds', () => {
  test('is waited for in line, and the first in line has it next', () => {
    const { ask } = queue();
    expect(told(ask(debit('s-1')))).toEqual(['1 applied']);
    expect(ask(debit('s-2'))).toEqual({ answers: [], parked: [2], nextAtUs: SECOND });
    expect(told(ask(debit('s-3')))).toEqual([]);
    expect(told(ask(commit('s-1')))).toEqual(['4 applied', '2 applied']);
    expect(told(ask(commit('s-2')))).toEqual(['5 applied', '3 applied']);
  });

  test('is waited for no longer than a second, nor than the caller waits', () => {
    const { ask, advance } = queue();
    ask(debit('s-1'));
    expect(ask(debit('s-2'), 0).nextAtUs).toBe(SECOND);
    expect(ask(debit('s-3'), 0, 300).nextAtUs).toBe(200_000);
    const early = advance(200_000);
    expect(early.answers).toEqual([
      { task: 3, outcome: { kind: 'rejected', failure: 'transient', reason: 'a-0 is locked by s-1' } },
    ]);
    expect(early.nextAtUs).toBe(SECOND);
    expect(told(advance(SECOND))).toEqual(['2 rejected']);
    expect(advance(SECOND).nextAtUs).toBe(-1);
  });

  test('a deadlock ends when the first has waited too long', () => {
    const { ask, advance } = queue();
    ask(debit('s-1', 'a-0'));
    ask(debit('s-2', 'a-1'));
    ask(debit('s-1', 'a-1', 'credit'));
    ask(debit('s-2', 'a-0', 'credit'), 10);
    expect(told(advance(SECOND))).toEqual(['3 rejected']);
    const undo = callOf(
      'compensation',
      'rollback-prepared:compensate_debit',
      { account: 'a-0', amount: 1 },
      {
        saga: 's-1',
        step: 'debit',
        key: 's-1/debit/undo',
      },
    );
    expect(told(ask(undo, SECOND))).toEqual(['5 applied', '4 applied']);
  });

  test('nobody overtakes who waits for the same record, and others pass', () => {
    const { ask } = queue();
    ask(debit('s-1'));
    ask(debit('s-2'));
    expect(told(ask(debit('s-3', 'a-1')))).toEqual(['3 applied']);
    expect(told(ask(debit('s-1', 'a-0', 'fee')))).toEqual(['4 applied']); // its own lock
    expect(told(ask(commit('s-1')))).toEqual(['5 applied']);
    expect(told(ask(commit('s-1', 'fee')))).toEqual(['6 applied', '2 applied']);
  });

  test('a restart sends away those who wait, and keeps the locks', () => {
    const { ask, restart } = queue();
    ask(debit('s-1'));
    ask(debit('s-2'));
    restart();
    expect(told(ask(commit('s-1')))).toEqual(['3 applied']);
  });
});
