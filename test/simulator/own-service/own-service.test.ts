// What a service of a user's own sees of the world, and what it may not ask of it (S3, S4).

import { describe, expect, test } from 'vitest';
import { ownService } from '../../../simulator/index.ts';
import { callOf, outcomeOf, resultOf, SERVICES } from './one-call.ts';

const EPOCH_MS = Date.UTC(2026, 0, 1);

describe('time', () => {
  interface Clocks {
    readonly before: readonly [number, string, number, number];
    readonly ticks: readonly number[];
    readonly late: string;
    readonly isDate: boolean;
    readonly after: number;
    readonly hr: number;
  }
  const seen = resultOf<Clocks>('clocks', { atUs: 2_000_000 });

  test('Date, performance.now and what a module took to itself show the time of the run', () => {
    expect(seen.before).toEqual([EPOCH_MS + 2_000, '2026-01-01T00:00:02.000Z', 2_000, 2_000]);
    expect(seen.isDate).toBe(true);
  });

  test('S6: a module is loaded at the beginning of time, whatever ran before in its thread', () => {
    outcomeOf('clocks', { atUs: 5_000_000 });
    const module = new URL('?anew', SERVICES);
    expect(resultOf<Clocks>('clocks', { atUs: 2_000_000, module }).before[3]).toBe(2_000);
  });

  test('timers, intervals and signals go off in virtual time, and nothing else takes any', () => {
    expect(seen.ticks).toEqual([10, 20, 30]);
    expect(seen.late).toBe('TimeoutError');
    expect(seen.after).toBe(EPOCH_MS + 2_000 + 35 + 5 + 7);
    expect(seen.hr).toBe(2_047_000_000);
  });
});

describe('chance', () => {
  test('is that of the run: the same for the same seed, another for another', () => {
    const one = resultOf('chance');
    expect(resultOf('chance')).toEqual(one);
    expect(resultOf('chance', { seed: 'other' })).not.toEqual(one);
  });

  test('is that of the call: other calls do not shift it', () => {
    expect(resultOf('chance', { call: callOf('s-1') })).not.toEqual(resultOf('chance'));
  });

  test('looks like chance', () => {
    const { random, uuids, dice } = resultOf<{ random: number; uuids: string[]; dice: number }>('chance');
    expect(random).toBeGreaterThan(0);
    expect(random).toBeLessThan(1);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(new Set(uuids).size).toBe(2);
    expect([1, 2, 3, 4, 5, 6]).toContain(dice);
  });
});

describe('the shapes of a service', () => {
  test('a function from a request to a response', () => {
    expect(resultOf('plainFunction')).toEqual({ path: '/lamps/light', key: 's-0/lamp/forward' });
  });

  test('a Hono app, whose answers mean what they mean for the live engine', () => {
    expect(resultOf('honoApp')).toEqual({ action: 'light', watts: 5 });
    expect(outcomeOf('honoApp', { call: callOf('s-0', { watts: 20 }) }).outcome).toEqual({
      kind: 'rejected',
      failure: 'business',
      reason: 'answered 422: too bright',
    });
  });

  test('what is written for `(req, res)`: a listener of node:http, and a framework behind one', () => {
    expect(resultOf('expressShaped')).toEqual({ heard: { watts: 5 } });
    expect(outcomeOf('expressShaped', { call: { ...callOf('s-0'), action: 'dim' } }).outcome).toMatchObject({
      failure: 'rate_limited',
      retryAfterUs: 3_000_000,
    });
    expect(resultOf('honoAsListener')).toEqual({ action: 'light', watts: 5 });
  });

  test('an app that throws has answered 500: nobody knows what it did before', () => {
    const { outcome } = outcomeOf('throwingFunction');
    expect(outcome).toMatchObject({ kind: 'unknown', failure: 'transient' });
  });
});

describe('what it asks of others', () => {
  const module = new URL('./fixtures/calls-out.ts', import.meta.url);

  test.each(['fetchAsks', 'httpAsks', 'axiosAsks', 'gotAsks'])(
    'is answered by its stand-in, in virtual time; its client waits and tries again: %s',
    (name) => {
      const { outcome, atUs } = outcomeOf(name, { module });
      expect(outcome).toEqual({ kind: 'applied', result: { score: 7 } });
      expect(atUs).toBe(15_000 + 100_000 + 15_000);
    },
  );

  test.each([
    ['fetchLosesPatience', 'TimeoutError'],
    ['httpLosesPatience', 'gave up'],
    ['axiosLosesPatience', 'ECONNABORTED'],
    ['gotLosesPatience', 'ETIMEDOUT'],
  ])('is given up when its client gives up: %s', (name, result) => {
    expect(outcomeOf(name, { module })).toEqual({ outcome: { kind: 'applied', result }, atUs: 50_000 });
  });

  test.each(['fetchIsCutOff', 'axiosIsCutOff'])('may be cut off: %s', (name) => {
    expect(resultOf(name, { module })).toBe('ECONNRESET');
  });

  test.each([
    ['fetchAsksNobody', 'called fetch(https://nobody.example/)'],
    ['axiosAsksNobody', 'called https.request(https://nobody.example/)'],
    ['undiciAsks', 'called tls.connect(risk.example:443) by way of the npm package undici, which cannot be'],
  ])('is an error that names the call where nobody stands in: %s', (name, words) => {
    expect(() => outcomeOf(name, { module })).toThrow(words);
  });
});

describe('what is the mistake of its author', () => {
  const WHO = 'service "lamps", handling "light" (saga s-0, step lamp)';

  test.each([
    ['fetches', 'real-io', `${WHO}, called fetch(https://risk.example/score)`],
    ['hidesItsFetch', 'real-io', `${WHO}, called fetch(https://risk.example/score)`],
    ['opensSocket', 'real-io', `${WHO}, called net.connect(5432)`],
    ['listenerOpensSocket', 'real-io', `${WHO}, called net.connect(5432)`],
    ['neverSettles', 'waits-for-real', `${WHO}, waits for something that is not part of the run`],
    ['throws', 'bad-participant', 'service "lamps" asked for "light", threw: Error: my own mistake'],
    ['leavesRejection', 'service-crashed', 'threw what nobody caught: Error: nobody waits for me'],
    ['noResponse', 'bad-participant', 'asked for "light", answered with string, not a Response'],
    ['noBooks', 'bad-service', 'service "lamps" started as something that has no books'],
    ['badBooks', 'bad-books', 'has an entry in its books that is no effect: {"key":"nonsense"'],
    ['missing', 'service-broken', 'exports no function "missing"'],
  ])('%s: %s', (name, code, message) => {
    let caught: unknown;
    try {
      outcomeOf(name);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code });
    expect((caught as Error).message).toContain(message);
    expect(resultOf('plainFunction')).toBeDefined(); // the next one does not suffer from it
  });

  test('a module that is not there, no file, or without actions', () => {
    const options = { actions: ['light'] };
    const missing = ownService(new URL('./nowhere.ts', SERVICES), options);
    expect(() => missing.open({ seed: '', service: 'lamps' })).toThrow(/could not be loaded/);
    expect(() => ownService('https://lamps.example/lamps.ts', options)).toThrow(/is not the module/);
    expect(() => ownService(SERVICES, { actions: [] })).toThrow(/has no actions/);
  });
});
