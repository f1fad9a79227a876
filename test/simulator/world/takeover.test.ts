// P5, P6, E10: a worker that was taken over and does not know it does no harm, because it is fenced, and for no other
// reason.

import { describe, expect, test } from 'vitest';
import { Orchestrator } from '../../../engine/core/orchestrator.ts';
import transfer from '../../../scenarios/bank-transfer.ts';
import {
  type FaultPlan,
  type Profile,
  profiles,
  type RunResult,
  type SimulationOptions,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';
import type { Variant } from '../../../simulator/scenario.ts';
import { bankWithoutTombstones } from '../invariants/wrong-parts.ts';

const CALM: Omit<SimulationOptions, 'sagas'> = { seed: 'taken', profile: profiles.calm };
const TAKEN: Profile = { ...profiles.storm, ceilingPpm: { takeover: 200_000, zombie: 200_000 } };

function run(plan: FaultPlan, sagas = 1): { result: RunResult; lines: readonly string[] } {
  const trace = new TraceLog();
  const result = simulate(transfer, { ...CALM, sagas, plan, trace });
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

function matching(lines: readonly string[], what: RegExp): readonly string[] {
  return lines.filter((line) => what.test(line));
}

describe('a zombie that was about to write', () => {
  const { result, lines } = run([
    { kind: 'zombie', at: 's-0@2#1:before-append', params: { zombieUs: 10_000_000 } },
  ]);

  test('writes when it goes on, is fenced, and is gone', () => {
    const late = matching(lines, /append +s-0 version 2 .* fenced/);
    expect(late).toHaveLength(1);
    expect(matching(lines, /fenced +orchestrator 0/)).toHaveLength(1);
    expect(matching(lines, /crash|restart/)).toEqual([]);
  });

  test('is counted, and the saga ends without it', () => {
    expect(result.faultsDelivered).toEqual({ zombie: 1 });
    expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
  });
});

test('a zombie that was about to send sends, long after the saga has ended, and it has no effect', () => {
  const { result, lines } = run([
    { kind: 'zombie', at: 's-0/credit/forward#1:before-send', params: { zombieUs: 60_000_000 } },
  ]);
  const end = lines.findIndex((line) => /ended +s-0/.test(line));
  expect(end).toBeGreaterThan(0);
  const after = lines.slice(end);
  expect(matching(after, /deliver +s-0 credit forward/)).toHaveLength(1);
  expect(matching(after, /effect/)).toEqual([]);
  expect(result.verdict).toBe('held');
});

test('P6: what a zombie was not told before a saga had ended it is told after, writes, and is fenced', () => {
  const { result, lines } = run(
    [{ kind: 'zombie', at: 's-0/debit/forward#1:before-send', params: { zombieUs: 60_000_000 } }],
    8,
  );
  const zombie = lines.findIndex((line) => / pause /.test(line));
  const ended = lines.findLastIndex((line) => /ended +s-\d/.test(line));
  const late = matching(lines.slice(Math.max(zombie, ended)), /append +s-[246] .* fenced/);
  expect(late).toHaveLength(1);
  expect(matching(lines, /fenced +orchestrator 0/)).toHaveLength(1);
  expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
});

test.each([
  { kind: 'orchestrator-crash', params: { downUs: 1_000 } },
  { kind: 'zombie', params: { zombieUs: 10_000_000 } },
])('the engine of a life that is over lets go of its sagas: $kind', ({ kind, params }) => {
  let living = 0;
  const engine: NonNullable<Variant['engine']> = (options) => {
    const inner = new Orchestrator(options);
    living++;
    return {
      handle: (input, nowUs) => inner.handle(input, nowUs),
      dispose: () => {
        living--;
        inner.dispose();
        expect(inner.size).toBe(0);
      },
    };
  };
  const plan = [{ kind, at: 's-0@2#1:before-append', params }];
  const result = simulate({ ...transfer, variant: { engine } }, { ...CALM, sagas: 8, plan });
  expect([result.verdict, result.faultsDelivered]).toEqual(['held', { [kind]: 1 }]);
  expect(living).toBe(transfer.orchestrators);
});

test('both are woken: the wake of a zombie neither cancels nor replaces that of the worker that took over', () => {
  const { result, lines } = run([
    { kind: 'drop-request', at: 's-0/debit/forward#1:request', params: {} },
    { kind: 'drop-request', at: 's-0/debit/forward#2:request', params: {} },
    { kind: 'takeover', at: 's-0/debit/forward#1:after-send', params: {} },
  ]);
  expect(matching(lines, /wake +s-0/).length).toBeGreaterThanOrEqual(2);
  expect(matching(lines, /send +s-0 debit forward/).length).toBeGreaterThanOrEqual(2);
  expect([result.verdict, result.sagas.open, result.faultsDelivered.takeover]).toEqual(['held', 0, 1]);
});

test('a worker that crashes after it was taken over is not restarted, and stops nobody', () => {
  const { result, lines } = run([
    { kind: 'takeover', at: 's-0#1:input', params: {} },
    { kind: 'orchestrator-crash', at: 's-0@0#1:after-append', params: { downUs: 1_000 } },
  ]);
  expect(matching(lines, /crash/)).toHaveLength(1);
  expect(matching(lines, /restart/)).toEqual([]);
  expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
});

test('E10: a store that does not fence lets both write, and the judge sees it', () => {
  const { violations } = simulate(transfer, {
    seed: 'unfenced',
    sagas: 60,
    profile: TAKEN,
    variant: { accepts: ({ expectedVersion }, { version }) => expectedVersion === version },
  });
  expect(violations.map(({ invariant }) => invariant)).toContain('one-writer');
});

test('a zombie finds out a participant that leaves no tombstones', () => {
  const forgetful = { ...transfer, participants: () => ({ bank: bankWithoutTombstones() }) };
  const zombie = {
    kind: 'zombie',
    at: 's-0/credit/forward#1:before-send',
    params: { zombieUs: 60_000_000 },
  };
  const drop = (n: number) => ({
    kind: 'drop-request',
    at: `s-0/credit/forward#${n}:request`,
    params: {},
  });
  const plan = [zombie, ...[2, 3, 4].map(drop)];
  const { violations } = simulate(forgetful, { seed: 'late', sagas: 1, profile: profiles.calm, plan });
  expect(violations.map(({ invariant }) => invariant)).toContain('nothing-after-the-end');
});
