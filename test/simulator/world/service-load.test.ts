// Services with a capacity, and what befalls them: who waits, who is refused, what is lost, and what the run tells of it.

import { describe, expect, test } from 'vitest';
import { definePolicy, defineSaga, type PolicySpec } from '../../../engine/index.ts';
import { inventory } from '../../../participants-mock/index.ts';
import {
  type Capacity,
  defineScenario,
  type Incident,
  profiles,
  type RunResult,
  type ScenarioSpec,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';

const once = { attemptsMax: 1, initialMs: 0, maxMs: 0, factorPermille: 1_000 };
const GIVES_UP: PolicySpec = {
  name: 'gives-up',
  callTimeoutMs: 60_000,
  retry: { transient: once, timeout: once, resource_exhausted: once, rate_limited: once },
};

const saga = defineSaga({
  name: 'reserve',
  version: 1,
  steps: { reserve: { service: 'shelf', action: 'reserve', compensation: 'release' } },
});

/** A second of work, always; messages and appends take no time. */
const SECOND_EACH: Capacity = { concurrency: 1, serviceTime: [1_000_000] };

interface Asked extends Partial<Omit<ScenarioSpec, 'sagas'>> {
  readonly sagas?: number;
  readonly spec?: PolicySpec;
  /** Seconds between two sagas; default 0: all at once. */
  readonly everySeconds?: number;
}

function run({ sagas = 4, spec = GIVES_UP, everySeconds = 0, ...members }: Asked): {
  readonly result: RunResult;
  readonly lines: readonly string[];
} {
  const scenario = defineScenario({
    name: 'load',
    title: 'Reservations at load',
    sagas: [saga],
    orchestrators: 1,
    latency: [0],
    storeLatency: [0],
    participants: () => ({ shelf: inventory({ items: { lamp: 10_000 } }) }),
    workload: ({ index }) => ({
      saga,
      input: { productId: 'lamp', quantity: 1 },
      startAtUs: index * everySeconds * 1_000_000,
    }),
    policy: definePolicy(spec),
    capacity: { shelf: SECOND_EACH },
    ...members,
  });
  const trace = new TraceLog();
  const result = simulate(scenario, { seed: 'load', sagas, profile: profiles.calm, trace });
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

/** How long the sagas took, in seconds, in the order in which they ended. */
function seconds({ latencyUs }: RunResult): readonly number[] {
  return latencyUs.saga.map((us) => us / 1_000_000);
}

describe('a service with a capacity', () => {
  test('works on as many requests at a time as it has places, in the order in which they came', () => {
    expect(seconds(run({}).result)).toEqual([1, 2, 3, 4]);
    expect(seconds(run({ capacity: { shelf: { ...SECOND_EACH, concurrency: 2 } } }).result)).toEqual([
      1, 1, 2, 2,
    ]);
  });

  test('without one it answers any number at once', () => {
    expect(seconds(run({ capacity: {} }).result)).toEqual([0, 0, 0, 0]);
  });

  test('refuses what does not fit in its queue, for certain', () => {
    const { result } = run({ capacity: { shelf: { ...SECOND_EACH, queueMax: 1 } } });
    expect(result.stopReasons).toEqual({ 'reserve: too many requests wait': 2 });
    expect(result.sagas.completed).toBe(2);
  });

  test('goes on with a request that nobody waits for any more, and the next one waits for it', () => {
    const impatient = { ...GIVES_UP, callTimeoutMs: 1_500 };
    const { result, lines } = run({ sagas: 3, spec: impatient });
    expect(result.sagas).toMatchObject({ completed: 1, compensated: 2 });
    expect(lines.filter((line) => /deliver .*reserve forward/.test(line))).toHaveLength(3);
    expect(result.load.usefulCalls).toBe(1);
    expect(result.calls).toBeGreaterThanOrEqual(5);
  });
});

/** It begins while the third request is worked on. */
const FIVE_SECONDS = { service: 'shelf', fromMs: 2_500, forMs: 5_000 } as const;

describe('incidents', () => {
  const during = (incident: Incident, more: Asked = {}) =>
    run({ sagas: 12, everySeconds: 1, incidents: [incident], ...more });

  test('an outage refuses connections, loses what waited, and is counted', () => {
    const { result } = during({ kind: 'outage', ...FIVE_SECONDS });
    expect(result.stopReasons).toEqual({
      'reserve: connection refused': 5,
      'reserve: no answer in time': 1, // was being worked on
    });
    const [outage] = result.load.incidents!;
    expect(outage).toMatchObject({ fromUs: 2_500_000, untilUs: 7_500_000, noticedAfterUs: 500_000 });
    expect(outage!.requestsHurt).toBeGreaterThanOrEqual(5); // and undos of those that nobody can be sure of
  });

  test('a silent one does not even do that', () => {
    const { result } = during({ kind: 'outage', ...FIVE_SECONDS, isSilent: true });
    expect(result.stopReasons).toEqual({ 'reserve: no answer in time': 6 });
    expect(result.load.incidents![0]!.noticedAfterUs).toBe(59_500_000);
  });

  test('an orchestrator that is gone lets its sagas wait until it is back', () => {
    const { result } = during({ kind: 'outage', service: 'orchestrator-0', fromMs: 2_500, forMs: 5_000 });
    expect(result.sagas.completed).toBe(12);
    const [outage] = result.load.incidents!;
    expect(outage).toMatchObject({ service: 'orchestrator-0', fromUs: 2_500_000, untilUs: 7_500_000 });
    expect(outage!.requestsHurt).toBe(1); // the one that was under way
    expect(Math.max(...result.latencyUs.saga)).toBeGreaterThan(4_500_000);
  });

  test('a brown-out makes each request take longer', () => {
    const { result } = during({ kind: 'brown-out', ...FIVE_SECONDS, slowerPermille: 2_000 });
    expect(seconds(result).slice(0, 6)).toEqual([1, 1, 1, 2, 3, 4]);
    expect(result.load.incidents![0]!.requestsHurt).toBe(3);
  });

  test('a slow restart is down, then cold, and warms up', () => {
    const cold = { slowerPermille: 5_000, warmUpMs: 4_000 };
    const { result } = during({ kind: 'slow-restart', ...FIVE_SECONDS, forMs: 1_000, ...cold });
    expect(result.stopReasons).toEqual({
      'reserve: connection refused': 1,
      'reserve: no answer in time': 1,
    });
    expect(seconds(result)).toContain(4.5); // half a second after the restart; then it was warm
    expect(result.load.incidents![0]).toMatchObject({ untilUs: 7_500_000 });
  });

  test('a throttled service says when it will take the next request', () => {
    const patient = { ...GIVES_UP, retry: { ...GIVES_UP.retry, rate_limited: { ...once, attemptsMax: 9 } } };
    const { result } = run({
      sagas: 3,
      capacity: {},
      spec: { ...patient, jitter: 'none' },
      incidents: [{ kind: 'throttling', service: 'shelf', fromMs: 0, forMs: 60_000, perSecond: 2 }],
    });
    expect(seconds(result)).toEqual([0, 0.5, 1]);
    expect(result.load.incidents![0]!.requestsHurt).toBe(3);
  });

  test('one that hurts nobody says so', () => {
    const { result } = run({
      incidents: [{ kind: 'outage', service: 'shelf', fromMs: 3_600_000, forMs: 1 }],
    });
    expect(result.load.incidents![0]).toMatchObject({ requestsHurt: 0 });
    expect(result.load.incidents![0]!.noticedAfterUs).toBeUndefined();
  });
});

describe('policies in a run', () => {
  test('what is turned away at the door is counted, and the others are not hurt', () => {
    const { result } = run({ sagas: 5, spec: { ...GIVES_UP, admission: { sagasMax: 1, queueMax: 2 } } });
    expect(result.sagas).toMatchObject({ started: 5, completed: 3, shed: 2, open: 0 });
    expect([result.verdict, seconds(result)]).toEqual(['held', [1, 2, 3]]);
  });

  test('how long circuits were open is told', () => {
    const circuitBreaker = {
      windowCalls: 2,
      callsMin: 2,
      failurePermille: 1_000,
      recoveryMs: 3_000,
      probes: 1,
      successesToClose: 1,
    };
    const { result } = run({
      sagas: 12,
      everySeconds: 1,
      spec: { ...GIVES_UP, retry: { ...GIVES_UP.retry, circuit_open: once }, circuitBreaker },
      incidents: [{ kind: 'outage', service: 'shelf', fromMs: 2_500, forMs: 2_000 }],
    });
    // Refused at 3 s and 4 s; open until 7 s, when the next saga is the probe. Two undos, which the circuit let pass,
    // are before it in the queue: it is answered at 10 s.
    expect(result.load.circuitOpenUs).toBe(6_000_000);
    expect(result.stopReasons).toEqual({
      'reserve: connection refused': 2,
      'reserve: no answer in time': 1,
      'reserve: the circuit of "shelf" is open': 2,
      'reserve: the circuit of "shelf" is half-open': 3,
    });
  });

  test('a bulkhead keeps the queue here instead of there: nothing is refused', () => {
    const capacity = { shelf: { ...SECOND_EACH, queueMax: 0 } };
    const bulkhead = { callsMax: 1, queueMax: 100 };
    expect(run({ capacity, sagas: 6 }).result.sagas.completed).toBe(1);
    expect(run({ capacity, sagas: 6, spec: { ...GIVES_UP, bulkhead } }).result.sagas.completed).toBe(6);
  });
});

test.each<[sentence: string, members: Asked]>([
  ['capacity of "shelv": unknown service "shelv"', { capacity: { shelv: SECOND_EACH } }],
  [
    'capacity of "shelf": concurrency is 0; it must be a whole number from 1 to 10000',
    { capacity: { shelf: { ...SECOND_EACH, concurrency: 0 } } },
  ],
  [
    'capacity of "shelf": serviceTime is an empty list',
    { capacity: { shelf: { ...SECOND_EACH, serviceTime: [] } } },
  ],
  [
    'incidents[0]: "shelf" has no capacity that a brown-out could lessen',
    { capacity: {}, incidents: [{ kind: 'brown-out', ...FIVE_SECONDS, slowerPermille: 2_000 }] },
  ],
  [
    'incidents[0]: slowerPermille is undefined; it must be a whole number from 1000 to 1000000',
    { incidents: [{ kind: 'brown-out', ...FIVE_SECONDS }] },
  ],
  ['incidents[0]: kind is "flood"', { incidents: [{ ...FIVE_SECONDS, kind: 'flood' as 'outage' }] }],
  [
    'incidents[0]: unknown service "bank"',
    { incidents: [{ kind: 'outage', ...FIVE_SECONDS, service: 'bank' }] },
  ],
])('refused: %s', (sentence, members) => {
  expect(() => run(members)).toThrow(
    expect.objectContaining({ code: 'bad-scenario', message: `scenario "load": ${sentence}` }),
  );
});
