// Who has which driver, and until when.

import { describe, expect, test } from 'vitest';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import { type AssignedDriver, type RideOptions, ride } from '../../participants-mock/index.ts';
import { at, callOf } from '../engine/fence/call-of.ts';

const LEASE_US = 300_000_000;

function open(options: RideOptions) {
  const participant = ride(options);
  const send = (call: Call, nowUs: number): Outcome => participant.handle(call, at(nowUs));
  return {
    find: (saga: string, nowUs = 0) => send(callOf('forward', 'find_driver', {}, { saga }), nowUs),
    assign: (saga: string, nowUs = 0, payload: unknown = {}, changes: Partial<Call> = {}) =>
      send(callOf('forward', 'assign_driver', payload, { saga, step: 'assign', ...changes }), nowUs),
    release: (saga: string, nowUs = 0) =>
      send(callOf('compensation', 'release_driver', {}, { saga, step: 'assign' }), nowUs),
    create: (saga: string) => send(callOf('forward', 'create_ride', {}, { saga, step: 'ride' }), 0),
    cancel: (saga: string) => send(callOf('compensation', 'cancel_ride', {}, { saga, step: 'ride' }), 0),
    send,
    entries: () => participant.ledger.drain(),
  };
}

const driverOf = (outcome: Outcome): string | undefined =>
  outcome.kind === 'applied' ? (outcome.result as AssignedDriver).driver : undefined;
const TAKEN = { kind: 'rejected', failure: 'business' };

test('a ride is created and cancelled, one entry each', () => {
  const service = open({});
  expect(service.create('s-1')).toEqual({ kind: 'applied', result: { ride: 'ride-s-1' } });
  expect(service.cancel('s-1').kind).toBe('applied');
  expect(service.entries().map(({ action }) => action)).toEqual(['create_ride', 'cancel_ride']);
});

describe('the search', () => {
  test('finds a driver, promises nothing and leaves no entry', () => {
    const service = open({ drivers: 1 });
    expect(driverOf(service.find('s-1'))).toBe('d-0');
    expect(driverOf(service.find('s-2'))).toBe('d-0');
    expect(service.entries()).toEqual([]);
  });

  test('does not find a driver who is taken', () => {
    const service = open({ drivers: 2 });
    const taken = driverOf(service.assign('s-1'));
    const left = driverOf(service.find('s-2'));
    expect(new Set([taken, left])).toEqual(new Set(['d-0', 'd-1']));
    service.assign('s-3');
    expect(service.find('s-4')).toMatchObject(TAKEN);
    expect(driverOf(service.find('s-5', LEASE_US))).toBeDefined();
  });
});

describe('a lease', () => {
  test('is for 300 seconds, one driver each, until nobody is left', () => {
    const service = open({ drivers: 3 });
    const drivers = ['s-1', 's-2', 's-3'].map((saga) => driverOf(service.assign(saga)));
    expect(new Set(drivers)).toEqual(new Set(['d-0', 'd-1', 'd-2']));
    expect(service.assign('s-4', LEASE_US - 1)).toMatchObject(TAKEN);
    expect(service.entries()).toHaveLength(3);
  });

  test('that expired leaves the driver free, at that very time and not before', () => {
    const service = open({ drivers: 1 });
    const named = { driver: 'd-0' };
    expect(service.assign('s-1', 5)).toEqual({
      kind: 'applied',
      result: { driver: 'd-0', leasedUntilUs: LEASE_US + 5 },
    });
    expect(service.assign('s-2', LEASE_US + 4, named)).toMatchObject(TAKEN);
    expect(driverOf(service.assign('s-3', LEASE_US + 5, named))).toBe('d-0');
  });

  test('that is released leaves the driver free at once', () => {
    const service = open({ drivers: 1 });
    service.assign('s-1');
    expect(service.release('s-1').kind).toBe('applied');
    expect(driverOf(service.assign('s-2'))).toBe('d-0');
    expect(service.entries().map(({ action }) => action)).toEqual([
      'assign_driver',
      'release_driver',
      'assign_driver',
    ]);
  });

  test('of another saga outlives the release of one that had expired', () => {
    const service = open({ drivers: 1 });
    service.assign('s-1', 0);
    service.assign('s-2', LEASE_US);
    expect(service.release('s-1', LEASE_US).kind).toBe('applied');
    expect(service.assign('s-3', LEASE_US)).toMatchObject(TAKEN);
    expect(service.entries()).toHaveLength(3);
  });

  test('that was never made is released without an entry', () => {
    const service = open({ drivers: 1 });
    service.assign('s-1');
    service.entries();
    expect(service.release('s-2').kind).toBe('applied');
    expect(service.entries()).toEqual([]);
    expect(service.assign('s-3')).toMatchObject(TAKEN);
  });

  test('may be of any length', () => {
    const service = open({ drivers: 1, leaseUs: 10 });
    service.assign('s-1', 0);
    expect(driverOf(service.assign('s-2', 10))).toBe('d-0');
  });
});

test('a driver whom nobody knows is an invalid request', () => {
  const service = open({ drivers: 1 });
  for (const driver of ['d-1', 0, null, 'toString']) {
    expect(service.assign(`s-${driver}`, 0, { driver })).toMatchObject({ failure: 'invalid_request' });
  }
  expect(service.entries()).toEqual([]);
});

test('actions are known in their own direction only', () => {
  const service = open({});
  const invalid = { kind: 'rejected', failure: 'invalid_request' };
  expect(service.send(callOf('forward', 'cancel_ride', {}), 0)).toMatchObject(invalid);
  service.create('s-1');
  const undo = { saga: 's-1', step: 'ride' };
  expect(service.send(callOf('compensation', 'create_ride', {}, undo), 0)).toMatchObject(invalid);
  expect(service.send(callOf('compensation', 'release_driver', {}, undo), 0)).toMatchObject(invalid);
});

test('a search is not undone', () => {
  const service = open({});
  service.find('s-1');
  for (const action of ['cancel_ride', 'release_driver']) {
    const undo = callOf('compensation', action, {}, { saga: 's-1' });
    expect(service.send(undo, 0)).toMatchObject({ failure: 'invalid_request' });
  }
  expect(service.entries()).toEqual([]);
});

test.each([{ drivers: 0 }, { drivers: 0.5 }, { leaseUs: 0 }])('%j is refused as an option', (options) => {
  expect(() => ride(options)).toThrow(expect.objectContaining({ code: 'bad-option' }));
});
