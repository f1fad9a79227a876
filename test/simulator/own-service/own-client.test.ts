// Users' own clients between the engine and the simulated network: faults strike their requests, and they live and die with
// the process of the engine that they are in.

import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { shipping } from '../../../participants-mock/index.ts';
import {
  defineScenario,
  type FaultPlan,
  ownClient,
  profiles,
  type RunResult,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';
import { fixture } from './one-call.ts';

const CLIENTS = new URL('./fixtures/clients.ts', import.meta.url);
const BASE = 'http://lamps.internal/lamps';
const steps = { lamp: { service: 'lamps', action: 'light', compensation: 'dim', payload: () => ({}) } };
const light = defineSaga({ name: 'light', version: 1, deadlineMs: 300_000, steps });
const ship = defineSaga({
  name: 'ship',
  version: 1,
  deadlineMs: 300_000,
  steps: { ship: { service: 'shipping', action: 'create', compensation: 'cancel', payload: () => ({}) } },
});

interface Ran {
  readonly result: RunResult;
  readonly lines: readonly string[];
}

interface RunOptions {
  readonly service?: string;
  readonly plan?: FaultPlan;
  readonly sagas?: number;
  readonly seed?: string;
}

function run(client: string, { service = 'slow', plan, sagas = 1, seed = 'clients' }: RunOptions = {}): Ran {
  const isModel = service === 'shipping';
  const saga = isModel ? ship : light;
  const clients = { [isModel ? 'shipping' : 'lamps']: ownClient(CLIENTS, { export: client, baseUrl: BASE }) };
  const scenario = defineScenario({
    name: 'clients',
    title: 'A client of its own',
    sagas: [saga],
    participants: () => (isModel ? { shipping: shipping() } : { lamps: fixture(service) }),
    clients,
    workload: () => ({ saga, input: {} }),
  });
  const trace = new TraceLog();
  const profile = plan === undefined ? profiles.storm : profiles.calm;
  const result = simulate(scenario, { seed, sagas, profile, trace, ...(plan === undefined ? {} : { plan }) });
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

const count = (lines: readonly string[], words: RegExp): number =>
  lines.filter((line) => words.test(line)).length;

const KINDS = ['viaFetch', 'viaHttp', 'viaAxios', 'viaGot'];

describe.each(KINDS)('a client %s', (client) => {
  test.each(['slow', 'honoApp', 'shipping'])('asks %s over the network of the run', (service) => {
    const { result, lines } = run(client, { service, plan: [] });
    // The app answers and keeps no books, which the judge takes amiss.
    expect([result.sagas.completed, result.calls]).toEqual([1, 1]);
    expect(count(lines, / send .* forward #1$/)).toBe(1);
    expect(count(lines, / client-done .* applied$/)).toBe(1);
  });

  test('goes through a storm, the same way each time', () => {
    const one = run(client, { sagas: 5 });
    expect(one.result.verdict).not.toBe('inconclusive');
    expect(Object.keys(one.result.faultsDelivered).length).toBeGreaterThan(5);
    expect(run(client, { sagas: 5 }).lines).toEqual(one.lines);
  });

  test('hears that nobody is there, and so does the engine: nothing was sent', () => {
    const at = 's-0/lamp/forward#1:handler';
    const plan: FaultPlan = [
      { kind: 'participant-crash-before', at, params: { downUs: 1_500_000 } },
      { kind: 'duplicate-request', at: 's-0/lamp/forward#1:request', params: { afterUs: 5_000 } },
    ];
    const { lines, result } = run(client, { plan });
    expect(count(lines, / refused .* #1 copy$/)).toBe(1);
    expect(result.verdict).toBe('held');
    const [first] = lines.filter((line) => line.includes('client-done'));
    // got asks again by itself, until the service is up.
    expect(first).toMatch(client === 'viaGot' ? /attempt 1 applied/ : /attempt 1 rejected/);
  });
});

test('what a client tries again by itself is more than one request in one attempt, and each has a point of its own', () => {
  const plan: FaultPlan = [{ kind: 'drop-reply', at: 's-0/lamp/forward#1:reply', params: {} }];
  const { result, lines } = run('triesTwice', { plan });
  expect([result.verdict, result.calls, result.faultsDelivered]).toEqual(['held', 1, { 'drop-reply': 1 }]);
  expect(count(lines, / send /)).toBe(2);
  expect(count(lines, / client-done .* attempt 1 applied$/)).toBe(1);
  const both: FaultPlan = [...plan, { kind: 'drop-request', at: 's-0/lamp/forward#2:request', params: {} }];
  const twice = run('triesTwice', { plan: both });
  expect(twice.result.faultsDelivered).toEqual({ 'drop-reply': 1, 'drop-request': 1 });
  expect([twice.result.verdict, twice.result.calls]).toEqual(['held', 2]);
});

test.each([
  ['slow', 'at-most-once'],
  ['shipping', 'key-is-stable'],
])('a key of its own for each attempt is found out, before %s: %s', (service, invariant) => {
  const step = service === 'shipping' ? 'ship' : 'lamp';
  const plan: FaultPlan = [{ kind: 'drop-reply', at: `s-0/${step}/forward#1:reply`, params: {} }];
  const { result } = run('freshKeys', { service, plan });
  expect(result.violations.map((one) => one.invariant)).toContain(invariant);
  expect(run('triesTwice', { service, plan }).result.violations).toEqual([]);
});

test('a client dies with its process: what it would have asked again it does not ask', () => {
  const sent = {
    kind: 'orchestrator-crash',
    at: 's-0/lamp/forward#1:after-send',
    params: { downUs: 5_000_000 },
  };
  const lost = { kind: 'drop-request', at: 's-0/lamp/forward#1:request', params: {} };
  const { lines, result } = run('triesTwice', { plan: [lost, sent] });
  const [crash] = lines.filter((line) => line.includes(' crash '));
  const [second] = lines.filter((line) => / send .* #2$/.test(line));
  expect(timeOf(second!) - timeOf(crash!)).toBeGreaterThanOrEqual(5);
  expect([result.verdict, result.calls]).toEqual(['held', 2]);
});

test('a client stands still with its process: its patience ends when that goes on', () => {
  const pause = { kind: 'pause', at: 's-0/lamp/forward#1:after-send', params: { pauseUs: 3_000_000 } };
  const lost = { kind: 'drop-request', at: 's-0/lamp/forward#1:request', params: {} };
  const { lines } = run('triesTwice', { plan: [lost, pause] });
  const [stands] = lines.filter((line) => line.includes(' pause '));
  const [second] = lines.filter((line) => / send .* #2$/.test(line));
  expect(timeOf(second!) - timeOf(stands!)).toBeCloseTo(3, 6);
});

test('one that goes on when nobody waits is still heard at the service', () => {
  const { lines } = run('goesOn', { plan: [] });
  const last = lines.findLastIndex((line) => line.includes(' deliver '));
  expect(lines.findIndex((line) => line.includes(' ended '))).toBeGreaterThan(0);
  expect(lines.findIndex((line) => line.includes(' ended '))).toBeLessThan(last);
});

test('what it asks of others is answered by its stand-in', () => {
  expect(run('withToken', { plan: [] }).result.verdict).toBe('held');
});

test('its clock is that of its process, and its chance that of the call', () => {
  const [one, two] = [run('readsClock', { plan: [] }), run('readsClock', { plan: [] })];
  expect(two.lines).toEqual(one.lines);
  expect(one.result.sagas.completed).toBe(1);
});

test('what it throws is in doubt, as in production', () => {
  expect(count(run('throwsAtOnce', { plan: [] }).lines, / client-done .* unknown$/)).toBeGreaterThan(0);
});

describe('what is the mistake of its author', () => {
  const WHO = 'the client of service "lamps" in orchestrator-0/1';

  test.each([
    [
      'asksElsewhere',
      'real-io',
      `${WHO}, handling "light" (saga s-0, step lamp), called fetch(https://nobody.example/)`,
    ],
    ['asksUndici', 'real-io', 'called net.connect(lamps.internal:80) by way of the npm package undici'],
    ['opensSocket', 'real-io', 'called net.connect(5432)'],
    ['asksByItself', 'no-call', `${WHO} asked GET ${BASE}/health by itself, for no call`],
    ['isNone', 'bad-client', `${WHO} started as something that has no function "ask"`],
    ['missing', 'service-broken', `the module of ${WHO} exports no function "missing"`],
  ])('%s: %s', (client, code, message) => {
    let caught: unknown;
    try {
      run(client, { plan: [] });
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code });
    expect((caught as Error).message).toContain(message);
    expect(run('viaFetch', { plan: [] }).result.verdict).toBe('held'); // the next run does not suffer
  });

  test('a model cannot be asked for what is no call', () => {
    expect(() => run('asksForMore', { service: 'shipping', plan: [] })).toThrow(
      /sent PATCH http:\/\/lamps.internal\/lamps\/orders\/7, which the model of that service cannot be asked/,
    );
  });

  test('no file, no URL, and nobody to ask', () => {
    expect(() => ownClient('https://lamps.example/client.ts')).toThrow(/is not the module of a client/);
    expect(() => ownClient(CLIENTS, { baseUrl: 'lamps' })).toThrow(/has no usable baseUrl/);
    const spec = { name: 'x', title: 'x', sagas: [light], workload: () => ({ saga: light, input: {} }) };
    const lost = { participants: () => ({ lamps: fixture('slow') }), clients: { lmaps: ownClient(CLIENTS) } };
    expect(() => defineScenario({ ...spec, ...lost })).toThrow(/a client of the unknown service "lmaps"/);
  });
});

/** Seconds. */
function timeOf(line: string): number {
  return Number(/t=([\d.]+)s/.exec(line)![1]);
}
