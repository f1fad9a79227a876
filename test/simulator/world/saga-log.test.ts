// The log of one saga: appends of one or more events, read back as one row per event.

import { expect, test } from 'vitest';
import type { SagaEvent } from '../../../engine/core/saga.ts';
import type { AppendOutput } from '../../../engine/index.ts';
import { SagaLog } from '../../../simulator/world/saga-log.ts';

function undone(step: string): SagaEvent {
  return { kind: 'step-compensated', step } as SagaEvent;
}

function append(epoch: number, atUs: number, ...steps: readonly string[]): AppendOutput {
  const events = steps.map(undone);
  return { kind: 'append', number: 1, saga: 's-0', expectedVersion: 0, epoch, atUs, events } as AppendOutput;
}

test('an empty log has no events and no rows', () => {
  const log = new SagaLog('s-0');
  expect([log.length, log.events, log.rows()]).toEqual([0, [], []]);
});

test('events come oldest first; versions count them, epoch and time are those of their append', () => {
  const log = new SagaLog('s-0');
  log.push(append(1, 10, 'a'));
  log.push(append(1, 20, 'b', 'c', 'd'));
  log.push(append(4, 30, 'e', 'f'));
  expect(log.length).toBe(6);
  expect(log.events).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map(undone));
  expect(log.rows()).toEqual(
    [
      [1, 1, 10, 'a'],
      [2, 1, 20, 'b'],
      [3, 1, 20, 'c'],
      [4, 1, 20, 'd'],
      [5, 4, 30, 'e'],
      [6, 4, 30, 'f'],
    ].map(([version, epoch, atUs, step]) => ({
      saga: 's-0',
      version,
      epoch,
      atUs,
      event: undone(String(step)),
    })),
  );
});

test('what was read stays as it was when more is appended', () => {
  const log = new SagaLog('s-0');
  log.push(append(1, 10, 'a'));
  const { events } = log;
  const rows = log.rows();
  log.push(append(1, 20, 'b'));
  expect([events.length, rows.length, log.events.length, log.rows().length]).toEqual([1, 1, 2, 2]);
});
