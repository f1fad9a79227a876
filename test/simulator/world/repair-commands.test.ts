// One command for many sagas, at a moment of a run: whom it finds, that it finds nobody twice, and that it waits for an engine that
// is away.

import { expect, test } from 'vitest';
import type { SagaEvent } from '../../../engine/index.ts';
import threeAm, { checkoutByCard } from '../../../scenarios/three-am.ts';
import {
  defineScenario,
  type Incident,
  type InvariantFactory,
  profiles,
  type RepairCommand,
  simulate,
} from '../../../simulator/index.ts';

const WALLET: Incident = { kind: 'outage', service: 'wallet', fromMs: 10_000, forMs: 30_000 };
const COMMAND: RepairCommand = { atMs: 30_000, act: 'compensate', id: 'stop', by: 'ben', why: 'a drill' };

/** Logs of sagas that ended, by saga. */
function logsOf(repairs: readonly RepairCommand[], incidents: readonly Incident[] = [WALLET]) {
  const logs = new Map<string, readonly SagaEvent[]>();
  const watch: InvariantFactory = () => ({
    id: 'watch',
    statement: 'Somebody watches',
    onEnded: (_ending, log, file) => void logs.set(file.saga, log.events),
  });
  const scenario = { ...threeAm, incidents, repairs: { commands: repairs }, invariants: [watch] };
  const result = simulate(scenario, { seed: 'one', sagas: 240, profile: profiles.calm });
  expect([result.verdict, result.violations]).toEqual(['held', []]);
  return { logs, result };
}

const actsIn = (logs: ReadonlyMap<string, readonly SagaEvent[]>) =>
  [...logs].flatMap(([saga, events]) =>
    events.flatMap((event) =>
      'act' in event && event.act ? [{ saga, kind: event.kind, ...event.act }] : [],
    ),
  );

const definitionOf = (events: readonly SagaEvent[]) =>
  events[0]!.kind === 'saga-created' ? events[0]!.definition : '';

test('compensate stops what runs at that moment, of the definition that was named, and undoes it', () => {
  const slow: Incident = { kind: 'outage', service: 'orders', fromMs: 27_000, forMs: 5_000, isSilent: true };
  const { logs } = logsOf([{ ...COMMAND, definition: checkoutByCard.name }], [slow]);
  const acts = actsIn(logs);
  expect(acts.length).toBeGreaterThan(2);
  for (const { saga, ...act } of acts) {
    expect(act).toEqual({ kind: 'stop-requested', id: 'stop', by: 'ben', why: 'a drill' });
    expect(definitionOf(logs.get(saga)!)).toBe('checkout-card');
    expect(logs.get(saga)!.at(-1)!.kind).toBe('saga-compensated');
  }
});

test('the same command twice is done once, and so is one that finds its engine away', () => {
  const resume: RepairCommand = {
    ...COMMAND,
    atMs: 40_000,
    act: 'resume',
    statuses: ['compensation_failed'],
  };
  const once = actsIn(logsOf([resume]).logs);
  expect(once.length).toBeGreaterThan(10);
  expect(new Set(once.map(({ saga }) => saga)).size).toBe(once.length);
  expect(actsIn(logsOf([resume, resume, { ...resume, atMs: 40_100 }]).logs)).toEqual(once);
  const engines = [0, 1].map(
    (n): Incident => ({ kind: 'outage', service: `orchestrator-${n}`, fromMs: 39_900, forMs: 2_000 }),
  );
  const away = actsIn(logsOf([resume], [WALLET, ...engines]).logs);
  expect(away.filter(({ id }) => id === 'stop').length).toBeGreaterThan(10);
});

test('a command that finds nobody does nothing', () => {
  const { logs } = logsOf([{ ...COMMAND, definition: 'no such definition' }]);
  expect(actsIn(logs)).toEqual([]);
});

test.each([-1, 0.5, 86_400_001, Number.NaN])('a command at %s ms is refused', (atMs) => {
  const { policy, ...spec } = threeAm;
  expect(() =>
    defineScenario({ ...spec, ...(policy && { policy }), repairs: { commands: [{ ...COMMAND, atMs }] } }),
  ).toThrow(/a command of `repairs` is at/);
});

test('a command that nobody gives is refused', () => {
  const { policy, ...spec } = threeAm;
  const commands = [{ ...COMMAND, by: '' }];
  expect(() => defineScenario({ ...spec, ...(policy && { policy }), repairs: { commands } })).toThrow(
    /needs the name/,
  );
});
