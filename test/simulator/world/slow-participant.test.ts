// A participant that has turned grey serves in order, one after the other, refuses what does not fit, and is quick again
// when its time is over; a link that is cut loses what its direction says, and no more.

import { describe, expect, test } from 'vitest';
import transfer from '../../../scenarios/bank-transfer.ts';
import { type FaultPlan, profiles, type RunResult, simulate, TraceLog } from '../../../simulator/index.ts';

function run(plan: FaultPlan, sagas: number): { result: RunResult; lines: readonly string[] } {
  const trace = new TraceLog();
  const result = simulate(transfer, { seed: 'grey', sagas, profile: profiles.calm, plan, trace });
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

/** What stands behind a word in the lines that have it, in order. */
function behind(lines: readonly string[], word: string): readonly string[] {
  return lines.flatMap((line) => {
    const [, rest] = line.split(new RegExp(` ${word} +`));
    return rest === undefined ? [] : [rest];
  });
}

describe('a participant that takes 100 ms for each request, for two seconds', () => {
  const params = { afterUs: 0, lengthUs: 2_000_000, serviceUs: 100_000, queueMax: 16 };
  const { result, lines } = run([{ kind: 'slow-participant', at: 'bank@0ms:node', params }], 40);
  const waited = behind(lines, 'queued');

  test('serves in the order in which they came', () => {
    expect(waited.length).toBeGreaterThan(20);
    const served = behind(lines, 'deliver').filter((request) => waited.includes(request));
    expect(served).toEqual(waited);
  });

  test('is counted once', () => {
    expect(result.faultsDelivered).toEqual({ 'slow-participant': 1 });
    expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
  });

  test('refuses what does not fit, for certain', () => {
    expect(behind(lines, 'reply').some((reply) => reply.endsWith('rejected'))).toBe(true);
    const roomy = run(
      [{ kind: 'slow-participant', at: 'bank@0ms:node', params: { ...params, queueMax: 64 } }],
      40,
    );
    expect(behind(roomy.lines, 'reply').filter((reply) => reply.endsWith('rejected'))).toEqual([]);
  });

  test('a crash loses those that wait, unanswered', () => {
    const [first] = waited;
    const at = `${first!.replace(' debit forward ', '/debit/forward')}:handler`;
    const crash = { kind: 'participant-crash-before', at, params: { downUs: 1_000 } };
    const plan = [{ kind: 'slow-participant', at: 'bank@0ms:node', params }, crash];
    const crashed = run(plan, 40);
    expect(behind(crashed.lines, 'lose').length).toBeGreaterThan(0);
    expect([crashed.result.verdict, crashed.result.sagas.open]).toEqual(['held', 0]);
  });
});

describe.each([
  { direction: 0, delivered: false, what: 'both ways' },
  { direction: 1, delivered: false, what: 'for requests' },
  { direction: 2, delivered: true, what: 'for replies' },
])('a link that is cut $what', ({ direction, delivered }) => {
  const params = { direction, afterUs: 0, lengthUs: 5_000_000 };
  const { result, lines } = run([{ kind: 'partition', at: 'orchestrator-0/bank@0ms:link', params }], 1);
  const early = lines.filter((line) => Number(/t=([\d.]+)s/.exec(line)![1]) < 5);

  test('loses what it should', () => {
    expect(behind(early, 'deliver').length > 0).toBe(delivered);
    expect(behind(early, 'lose').length).toBeGreaterThan(0);
    expect(behind(early, 'reply')).toEqual([]);
  });

  test('is counted once, and the saga ends', () => {
    expect(result.faultsDelivered).toEqual({ partition: 1 });
    expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
  });
});

test('a cut of one link leaves the others whole', () => {
  const params = { direction: 0, afterUs: 0, lengthUs: 5_000_000 };
  const { lines } = run([{ kind: 'partition', at: 'orchestrator-1/bank@0ms:link', params }], 4);
  const lost = behind(lines, 'lose').map((what) => what.split(' ')[0]);
  expect([...new Set(lost)].sort()).toEqual(['s-1', 's-3']);
});

test('S8: a cut that the world heals in is healed, too', () => {
  const params = { direction: 0, afterUs: 200_000, lengthUs: 20_000_000 };
  const brief = { ...profiles.calm, chaosUs: 240_000 };
  const plan = [{ kind: 'partition', at: 'orchestrator-0/bank@0ms:link', params }];
  const trace = new TraceLog();
  simulate(transfer, { seed: 'heals', sagas: 40, profile: brief, plan, trace });
  const lines = Array.from({ length: trace.length }, (_, i) => trace.line(i));
  const heal = lines.findIndex((line) => line.includes('heal'));
  expect(behind(lines.slice(0, heal), 'lose').length).toBeGreaterThan(0);
  expect(behind(lines.slice(heal), 'lose')).toEqual([]);
});
