// Services of a user's own in a whole world: faults strike between their timers, crashes take what is in their hands, and
// a run comes to its end although a service looks at something now and then for ever.

import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import {
  defineScenario,
  type FaultPlan,
  profiles,
  type RunResult,
  type Scenario,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';
import { fixture } from './one-call.ts';

const light = defineSaga({
  name: 'light',
  version: 1,
  deadlineMs: 300_000,
  steps: { lamp: { service: 'lamps', action: 'light', compensation: 'dim' } },
});

function scenarioOf(name: string): Scenario {
  return defineScenario({
    name: 'lamps',
    title: 'One lamp each',
    sagas: [light],
    participants: () => ({ lamps: fixture(name) }),
    workload: () => ({ saga: light, input: {} }),
  });
}

function run(name: string, sagas: number, plan?: FaultPlan): { result: RunResult; lines: readonly string[] } {
  const trace = new TraceLog();
  const profile = plan === undefined ? profiles.storm : profiles.calm;
  const options = { seed: 'lamps', sagas, profile, trace, ...(plan === undefined ? {} : { plan }) };
  const result = simulate(scenarioOf(name), options);
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

const count = (lines: readonly string[], word: string): number =>
  lines.filter((line) => line.includes(` ${word} `)).length;

describe('a crash while a handler waits', () => {
  const crash = { kind: 'crash-inside', at: 's-0/lamp/forward#1.1:commit', params: { downUs: 100_000 } };
  const { result, lines } = run('careless', 1, [crash]);

  test('abandons it: it neither goes on nor answers, and the engine asks again', () => {
    expect(result.faultsDelivered).toEqual({ 'crash-inside': 1 });
    expect([result.verdict, result.calls]).toEqual(['held', 2]);
    expect([count(lines, 'effect'), count(lines, 'reply')]).toEqual([1, 1]);
    expect(count(lines, 'participant-down')).toBe(1);
  });

  test('without it there is one call', () => {
    const { result } = run('slow', 1, []);
    expect([result.verdict, result.calls]).toEqual(['held', 1]);
  });
});

test('a crash after the commit loses the answer, not the effect', () => {
  const at = 's-0/lamp/forward#1:handler';
  const { result, lines } = run('slow', 1, [
    { kind: 'participant-crash-after', at, params: { downUs: 10_000 } },
  ]);
  expect([result.verdict, result.calls, count(lines, 'effect'), count(lines, 'reply')]).toEqual([
    'held',
    2,
    1,
    1,
  ]);
});

test('a copy of a request that comes while the first is worked on is worked on beside it', () => {
  const at = 's-0/lamp/forward#1:request';
  const copy: FaultPlan = [{ kind: 'duplicate-request', at, params: { afterUs: 5_000 } }];
  expect(run('slow', 1, copy).result).toMatchObject({
    verdict: 'held',
    faultsDelivered: { 'duplicate-request': 1 },
  });
  expect(run('careless', 1, copy).result.violations[0]).toMatchObject({
    invariant: 'at-most-once',
    message: 'light of step lamp took effect 2 times',
  });
});

test('an incident takes a service down with what it has in its hands, and lets it come up again', () => {
  const incidents = [{ kind: 'outage', service: 'lamps', fromMs: 500, forMs: 1_000 }] as const;
  const scenario = { ...scenarioOf('slow'), incidents };
  const { verdict, sagas } = simulate(scenario, { seed: 'outage', sagas: 50, profile: profiles.calm });
  expect([verdict, sagas.completed]).toEqual(['held', 50]);
});

test('calls that wait for one another inside a service are no mistake', () => {
  expect(run('locked', 20).result.verdict).toBe('held');
});

test('work that a service does later, by itself, is seen, and the run still ends', () => {
  const { result, lines } = run('outbox', 5, []);
  expect(count(lines, 'effect')).toBe(5);
  expect(result.virtualUs).toBeLessThan(200_000_000);
  // The engine believes the answer, the ledger does not have it yet: that is a violation, and rightly so.
  expect(result.violations[0]?.invariant).toBe('status-is-true');
});

test('the same seed gives the same run, event by event', () => {
  const [one, two] = [run('slow', 20), run('slow', 20)];
  expect(two.lines).toEqual(one.lines);
  expect(two.result).toEqual(one.result);
});

test('a mistake inside a run names the call, and the next run does not suffer', () => {
  expect(() => run('fetches', 1, [])).toThrow(/handling "light" \(saga s-0, step lamp\), called fetch\(/);
  expect(run('slow', 1, []).result.verdict).toBe('held');
});
