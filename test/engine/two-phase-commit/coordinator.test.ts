// What two-phase commit makes of a saga, and what it refuses.

import { describe, expect, test } from 'vitest';
import { defineSaga, type StepDefinition } from '../../../engine/index.ts';
import { twoPhaseCommit } from '../../../engine/two-phase-commit/index.ts';

const order = defineSaga({
  name: 'order',
  version: 3,
  deadlineMs: 600_000,
  steps: {
    look: { service: 'stock', action: 'look', effects: 'none' },
    reserve: {
      service: 'stock',
      action: 'reserve',
      compensation: 'release',
      after: ['look'],
      timeoutMs: 900,
    },
    hold: { service: 'payment', action: 'authorize', compensation: 'void', attemptsMax: 2 },
    capture: { service: 'payment', action: 'capture', kind: 'pivot', after: ['reserve', 'hold'] },
    ship: { service: 'stock', action: 'commit', kind: 'retriable', after: ['capture'] },
  },
});
const committed = twoPhaseCommit(order);

function told({ name, service, action, compensation, kind, after }: StepDefinition): string {
  const before = after.map((index) => committed.steps[index]!.name).join(' ');
  return `${name}: ${service} ${action} | ${compensation ?? '–'} | ${kind} | ${before}`;
}

describe('a saga under two-phase commit', () => {
  test('prepares its compensatable steps, decides, and commits each; the rest stays', () => {
    expect(committed.steps.map(told)).toEqual([
      'look: stock look | – | compensatable | ',
      'reserve: stock prepare:reserve | rollback-prepared:release | compensatable | look',
      'hold: payment prepare:authorize | rollback-prepared:void | compensatable | ',
      'capture: payment capture | – | pivot | reserve hold',
      'ship: stock commit | – | retriable | capture',
      'reserve-commit: stock commit-prepared | – | retriable | look reserve hold capture',
      'hold-commit: payment commit-prepared | – | retriable | look reserve hold capture',
    ]);
  });

  test('keeps its version, deadline and limits, and has a name of its own', () => {
    expect(committed).toMatchObject({ name: 'order-2pc', version: 3, deadlineUs: 600_000_000 });
    expect(committed.steps.map(({ timeoutUs }) => timeoutUs)[1]).toBe(900_000);
    expect(committed.steps.map(({ timeoutUs }) => timeoutUs)[5]).toBe(900_000);
    expect(committed.steps.map(({ attemptsMax }) => attemptsMax)[6]).toBe(2);
    expect(committed.steps[0]!.hasEffects).toBe(false);
  });

  test('asks for what the saga asks for, and commits by name of the step', () => {
    const context = { saga: 's-1', input: { item: 'lamp' }, results: {} };
    expect(committed.steps[1]!.payload(context)).toEqual({ item: 'lamp' });
    expect(committed.steps[5]!.payload(context)).toEqual({ prepared: 'reserve' });
  });

  test('refuses a step that is called as the commit of another', () => {
    const taken = defineSaga({
      name: 'taken',
      version: 1,
      steps: {
        pay: { service: 'bank', action: 'debit', compensation: 'credit' },
        'pay-commit': { service: 'bank', action: 'look', effects: 'none' },
      },
    });
    expect(() => twoPhaseCommit(taken)).toThrow('saga "taken": "pay-commit" is what two-phase commit calls');
  });
});
