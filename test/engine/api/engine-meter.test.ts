// What an engine meter makes of reports: who is stuck is told by a timer, labels stay few.

import { expect, test } from 'vitest';
import { EngineMeter } from '../../../engine/api/index.ts';
import type { Batch, SagaEvent } from '../../../engine/core/saga-event.ts';
import { STUCK_AFTER_US } from '../../../engine/core/waiting.ts';
import { HandClock } from './hand-clock.ts';

const S = 1_000_000;

function metered() {
  const [clock, stuck] = [new HandClock(), [] as [saga: string, atUs: number][]];
  const meter = new EngineMeter({ clock, onStuck: (saga) => stuck.push([saga, clock.nowUs()]) });
  const versions = new Map<string, number>();
  const write = (saga: string, event: SagaEvent, partition?: string): void => {
    const expectedVersion = versions.get(saga) ?? 0;
    versions.set(saga, expectedVersion + 1);
    const batch: Batch = { saga, expectedVersion, epoch: 1, atUs: clock.nowUs(), events: [event] };
    meter.report({ kind: 'written', batch }, partition);
  };
  return { clock, stuck, meter, write };
}

const created = (definition = 'order'): SagaEvent => ({
  kind: 'saga-created',
  definition,
  definitionVersion: 1,
  input: {},
});
const asked = (step: string): SagaEvent => ({ kind: 'step-requested', step });

test('E1: a saga that stops moving is told of once, within 30 s, and again when it stopped anew', () => {
  const { clock, stuck, meter, write } = metered();
  write('s', created());
  clock.goTo(10 * S);
  write('s', asked('pay'));
  clock.goTo(120 * S);
  expect(stuck).toEqual([['s', 10 * S + STUCK_AFTER_US + 1]]);
  expect(STUCK_AFTER_US).toBeLessThan(30 * S);
  expect(meter.notMoving).toEqual(['s']);
  write('s', { kind: 'step-applied', step: 'pay' });
  expect(meter.notMoving).toEqual([]);
  clock.goTo(300 * S);
  expect(stuck.map(([, atUs]) => atUs)).toEqual([10 * S + STUCK_AFTER_US + 1, 120 * S + STUCK_AFTER_US + 1]);
});

test('E1: who waits for a person is told of at once, though its timer was set for later', () => {
  const { clock, stuck, meter, write } = metered();
  write('s', created());
  clock.goTo(S);
  write('s', { kind: 'saga-compensation-failed' });
  clock.goTo(2 * S);
  expect(meter.notMoving).toEqual([]); // the store lists it
  expect(stuck).toEqual([['s', S + 1]]);
});

test('a saga that ended, or that another process drives now, has no timer', () => {
  const { clock, stuck, meter, write } = metered();
  write('s', created());
  write('s', { kind: 'saga-completed' });
  write('t', created(), 'partition-3');
  expect(clock.size).toBe(1);
  meter.letGo('partition-3');
  expect(clock.size).toBe(0);
  clock.goTo(1_000 * S);
  expect(stuck).toEqual([]);
});

test('the circuits of a partition are metered while it is driven here', async () => {
  const { meter } = metered();
  const change = { kind: 'circuit', service: 'payment', from: 'closed', to: 'open' } as const;
  meter.report(change, 'partition-3');
  expect(await meter.registry.metrics()).toContain(
    'saga_circuit_state{service="payment",partition="partition-3"} 2\n',
  );
  meter.letGo('partition-3');
  const text = await meter.registry.metrics();
  expect(text).not.toContain('saga_circuit_state{');
  expect(text).toContain('saga_circuit_opened_total{service="payment"} 1\n');
});

test('M2: however many types and steps clients name, the series are few', async () => {
  const { meter, write, clock } = metered();
  for (let i = 0; i < 300; i++) {
    write(`s-${i}`, created(`type-${i}`));
    write('s-0', asked(`step-${i}`));
    write('s-0', { kind: 'step-applied', step: `step-${i}` });
  }
  clock.goTo(60 * S);
  const text = await meter.registry.metrics();
  const lines = (pattern: RegExp): number => text.match(pattern)!.length;
  expect(lines(/^transaction_started_total\{/gm)).toBe(101);
  expect(text).toContain('transaction_started_total{saga_type="other"} 200\n');
  expect(text).toContain('saga_stuck{saga_type="other"} 200\n');
  expect(lines(/^saga_step_success_total\{/gm)).toBe(51);
});
