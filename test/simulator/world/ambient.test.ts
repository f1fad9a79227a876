// S4: a run that asks the real world for time or chance is reported, even by code that catches everything.

import nodeCrypto, { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from 'node:crypto';
import nodeTimers, { setTimeout as laterByName } from 'node:timers';
import { expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { bank } from '../../../participants-mock/index.ts';
import { AmbientAccessError, defineScenario, profiles, simulate } from '../../../simulator/index.ts';

function run(ambient: {
  inWorkload?: () => unknown;
  inPayload?: () => unknown;
  inParticipant?: () => unknown;
}): void {
  const saga = defineSaga({
    name: 'ambient',
    version: 1,
    steps: {
      debit: {
        service: 'bank',
        action: 'debit',
        compensation: 'compensate_debit',
        payload: () => {
          ambient.inPayload?.();
          return { account: 'a-0', amount: 1 };
        },
      },
    },
  });
  const scenario = defineScenario({
    name: 'ambient',
    title: 'Asks the real world',
    sagas: [saga],
    participants: () => {
      const inner = bank({ accounts: 1, openingBalance: 100 });
      return {
        bank: {
          actions: inner.actions,
          ledger: inner.ledger,
          handle: (call, env) => {
            ambient.inParticipant?.();
            return inner.handle(call, env);
          },
        },
      };
    },
    workload: () => {
      ambient.inWorkload?.();
      return { saga, input: {} };
    },
  });
  simulate(scenario, { seed: 'ambient', sagas: 1, profile: profiles.calm });
}

const CALLS: readonly (readonly [string, () => unknown])[] = [
  ['Date.now()', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Date()', () => Date()],
  ['Math.random()', () => Math.random()],
  ['performance.now()', () => performance.now()],
  ['process.hrtime()', () => process.hrtime()],
  ['process.hrtime.bigint()', () => process.hrtime.bigint()],
  ['crypto.randomUUID()', () => crypto.randomUUID()],
  ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(1))],
  ['setTimeout()', () => setTimeout(() => undefined, 1)],
  ['setInterval()', () => setInterval(() => undefined, 1)],
  ['setImmediate()', () => setImmediate(() => undefined)],
  ['queueMicrotask()', () => queueMicrotask(() => undefined)],
  ['fetch()', () => fetch('http://127.0.0.1:1/')],
  ['crypto.randomUUID()', () => nodeCrypto.randomUUID()],
  ['crypto.randomUUID()', () => randomUUID()],
  ['crypto.randomBytes()', () => randomBytes(1)],
  ['crypto.randomInt()', () => randomInt(7)],
  ['crypto.randomFill()', () => randomFill(new Uint8Array(1), () => undefined)],
  ['crypto.randomFillSync()', () => randomFillSync(new Uint8Array(1))],
  ['setTimeout()', () => laterByName(() => undefined, 1)],
  ['setInterval()', () => nodeTimers.setInterval(() => undefined, 1)],
];

test.each(CALLS)('%s inside a run is refused by name', (name, call) => {
  expect(() => run({ inWorkload: call })).toThrow(AmbientAccessError);
  expect(() => run({ inWorkload: call })).toThrow(`${name} was called inside a simulated run`);
});

test('a participant and a payload are inside the run, too', () => {
  expect(() => run({ inParticipant: Math.random })).toThrow('Math.random()');
  expect(() => run({ inPayload: Date.now })).toThrow('Date.now()');
});

test('who catches the error hides nothing', () => {
  const swallow = (): void => {
    try {
      Date.now();
    } catch {
      return;
    }
  };
  expect(() => run({ inParticipant: swallow })).toThrow('Date.now()');
});

test('a date that is given its time, and arithmetic, are no access', () => {
  run({
    inParticipant: () => {
      expect(new Date(0).getUTCFullYear()).toBe(1970);
      expect(Math.max(1, 2)).toBe(2);
    },
  });
});

test('outside a run everything works as before', () => {
  run({});
  expect(Date.now()).toBeGreaterThan(1_700_000_000_000);
  expect(new Date()).toBeInstanceOf(Date);
  expect(Math.random()).toBeLessThan(1);
  expect(crypto.randomUUID()).toHaveLength(36);
  expect([randomUUID().length, randomBytes(2).length, randomInt(1)]).toEqual([36, 2, 0]);
});
