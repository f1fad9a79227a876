// P3: a process that stands still does nothing until it goes on, at whatever point it was stopped: what it was about to
// do comes then, before what came meanwhile, and nothing is forgotten of it.

import { describe, expect, test } from 'vitest';
import transfer from '../../../scenarios/bank-transfer.ts';
import { type FaultPlan, profiles, type RunResult, simulate, TraceLog } from '../../../simulator/index.ts';

const PAUSE_US = 7_000_000;

function run(plan: FaultPlan, sagas = 1): { result: RunResult; lines: readonly string[] } {
  const trace = new TraceLog();
  const result = simulate(transfer, { seed: 'taken', sagas, profile: profiles.calm, plan, trace });
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

/** When the line was written, in seconds of virtual time. */
function at(line: string | undefined): number {
  return Number(/t=([\d.]+)s/.exec(line ?? '')?.[1]);
}

describe.each([
  { point: 's-0/debit/forward#1:before-send', next: /send +s-0 debit forward/ },
  { point: 's-0@2#1:before-append', next: /append +s-0 version 2/ },
  { point: 's-0#3:input', next: /append +s-0 version 2/ },
])('a pause at $point', ({ point, next }) => {
  const { result, lines } = run([{ kind: 'pause', at: point, params: { pauseUs: PAUSE_US } }]);
  const paused = lines.findIndex((line) => / pause /.test(line));

  test('delays what comes next until it is over', () => {
    const later = lines.slice(paused).find((line) => next.test(line));
    expect(at(later)).toBeGreaterThanOrEqual(at(lines[paused]) + PAUSE_US / 1e6);
  });

  test('is counted once, and harms nobody', () => {
    expect(result.faultsDelivered).toEqual({ pause: 1 });
    expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
  });
});

test('a pause after an output delays the next one, not that one', () => {
  const pause = { kind: 'pause', at: 's-0@0#1:after-append', params: { pauseUs: PAUSE_US } };
  const { lines } = run([pause]);
  const paused = lines.findIndex((line) => / pause /.test(line));
  const after = lines.slice(paused);
  expect(at(after.find((line) => /append +s-0 version 0/.test(line)))).toBeLessThan(1.1);
  expect(at(after.find((line) => /send +s-0 debit/.test(line)))).toBeGreaterThan(PAUSE_US / 1e6);
});

test('a process that stands still before it sends, twice, and then dies has sent nothing', () => {
  const { result, lines } = run([
    { kind: 'pause', at: 's-0/debit/forward#1:before-send', params: { pauseUs: PAUSE_US } },
    { kind: 'pause', at: 's-0/debit/forward#2:before-send', params: { pauseUs: PAUSE_US } },
    { kind: 'orchestrator-crash', at: 's-0/debit/forward#3:before-send', params: { downUs: 1_000 } },
  ]);
  const crashed = lines.findIndex((line) => /crash/.test(line));
  expect(lines.slice(0, crashed).some((line) => /send +s-0/.test(line))).toBe(false);
  expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
});

test('what a person asks for while the process stands still is done when it goes on, also for a saga that had ended', () => {
  const failing = { ...transfer, workload: () => REFUSED };
  const trace = new TraceLog();
  const plan = [
    { kind: 'operator-retry', at: 's-0@4:end', params: { afterUs: 100_000, twice: 0 } },
    { kind: 'pause', at: 's-0#4:input', params: { pauseUs: PAUSE_US } },
  ];
  const result = simulate(failing, { seed: 'taken', sagas: 1, profile: profiles.calm, plan, trace });
  const lines = Array.from({ length: trace.length }, (_, i) => trace.line(i));
  const retried = lines.findIndex((line) => / retry /.test(line));
  expect(retried).toBeGreaterThan(0);
  expect(lines.slice(retried).some((line) => /append +s-0/.test(line))).toBe(true);
  expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
});

const REFUSED = {
  saga: transfer.sagas[0]!,
  input: { from: 'a-0', to: 'a-1', amount: 1_000_000_00 },
};
