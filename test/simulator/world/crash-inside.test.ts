// A process that dies between two commits of its own: the first stands, nobody is told, and it is nobody's mistake.

import { describe, expect, test } from 'vitest';
import type { Participant } from '../../../engine/index.ts';
import { type FaultPlan, profiles, type RunResult, simulate } from '../../../simulator/index.ts';
import { cached, journalled } from '../faults/scenarios.ts';

const CRASH = { kind: 'crash-inside', params: { downUs: 100_000 } };
const AT_FIRST: FaultPlan = [{ ...CRASH, at: 's-0/lamp/forward#1.1:commit' }];

interface Seen {
  /** Commits that the participant came back from, and signals that it saw. */
  commits: number;
  signals: number;
  restarts: number;
}

/** The first handling of a call makes two commits before its effect, in `how` wise. */
function run(plan: FaultPlan, how: 'lets-pass' | 'catches' | 'throws'): { seen: Seen; result: RunResult } {
  const seen: Seen = { commits: 0, signals: 0, restarts: 0 };
  const wrap = (inner: Participant): Participant => ({
    ...inner,
    restart: () => void seen.restarts++,
    handle(call, env) {
      try {
        env.commit();
        env.commit();
        seen.commits++;
      } catch (error) {
        seen.signals++;
        if (how === 'lets-pass') throw error;
      }
      if (how === 'throws') throw new Error('my own mistake');
      return inner.handle(call, env);
    },
  });
  const { inventory } = journalled.participants({ sagas: 2 });
  const scenario = { ...journalled, participants: () => ({ inventory: wrap(inventory!) }) };
  return { seen, result: simulate(scenario, { seed: 'inside', sagas: 1, profile: profiles.calm, plan }) };
}

describe('a participant that lets the signal pass', () => {
  const { seen, result } = run(AT_FIRST, 'lets-pass');

  test('gives no answer, loses its memory, and is asked again', () => {
    expect([seen.signals, seen.restarts]).toEqual([1, 1]);
    expect([result.verdict, result.faultsDelivered]).toEqual(['held', { 'crash-inside': 1 }]);
    expect(result.sagas.open).toBe(0);
  });

  test('can die at its second commit as well', () => {
    const { result: second } = run([{ ...CRASH, at: 's-0/lamp/forward#1.2:commit' }], 'lets-pass');
    expect([second.verdict, second.faultsDelivered]).toEqual(['held', { 'crash-inside': 1 }]);
  });
});

test('one that catches the signal is dead all the same: what it does then stands, what it answers is lost', () => {
  const { seen, result } = run(AT_FIRST, 'catches');
  expect(seen.signals).toBe(1);
  expect([result.verdict, result.faultsDelivered]).toEqual(['held', { 'crash-inside': 1 }]);
});

test('what a participant throws by itself is its own mistake, with commits and without', () => {
  const { result } = run([], 'throws');
  expect(result.violations[0]!.message).toContain('threw Error: my own mistake');
});

test('a commit outside of any handling means nothing', () => {
  const { seen, result } = run([], 'lets-pass');
  expect(seen.commits).toBeGreaterThan(0);
  expect([result.verdict, result.faultsDelivered]).toEqual(['held', {}]);
});

test('every crash of a participant wipes out what it kept in memory only', () => {
  let restarts = 0;
  const { inventory } = cached.participants({ sagas: 1 });
  const counting = { ...inventory!, restart: () => void restarts++ };
  const scenario = { ...cached, participants: () => ({ inventory: counting }) };
  const params = { downUs: 1_000 };
  simulate(scenario, {
    seed: 'wiped',
    sagas: 1,
    profile: profiles.calm,
    plan: [
      { kind: 'participant-crash-before', at: 's-0/lamp/forward#1:handler', params },
      { kind: 'participant-crash-after', at: 's-0/chair/forward#1:handler', params },
      { kind: 'participant-restart', at: 's-0/chair/forward#2:restart', params: {} },
    ],
  });
  expect(restarts).toBe(3);
});
