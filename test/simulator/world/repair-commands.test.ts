// One command for many sagas, at a moment of a run: whom it finds, that it finds nobody twice, and that it waits for an engine that
// is away.

import { expect, test } from 'vitest';
import type { SagaEvent } from '../../../engine/index.ts';
import threeAm, { checkoutByCard, checkoutByWallet } from '../../../scenarios/three-am.ts';
import {
  defineScenario,
  type Incident,
  type InvariantFactory,
  profiles,
  type RepairCommand,
  type RepairHabits,
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
  const { logs } = logsOf([{ ...COMMAND, stuckUs: 3_600_000_000 }]);
  expect(actsIn(logs)).toEqual([]);
});

test('a run in which an act never found an engine is inconclusive', () => {
  const engines = [0, 1].map(
    (n): Incident => ({ kind: 'outage', service: `orchestrator-${n}`, fromMs: 29_900, forMs: 120_000 }),
  );
  const commands = [{ ...COMMAND, definition: checkoutByWallet.name }];
  const scenario = { ...threeAm, incidents: [WALLET, ...engines], repairs: { commands } };
  const { verdict, inconclusive } = simulate(scenario, { seed: 'one', sagas: 240, profile: profiles.calm });
  expect(verdict).toBe('inconclusive');
  expect(inconclusive).toMatch(/^\d+ repairs had found no engine/);
});

const declared = (repairs: unknown) => {
  const { policy, ...spec } = threeAm;
  return () => defineScenario({ ...spec, ...(policy && { policy }), repairs: repairs as RepairHabits });
};
const FOUND = { ...COMMAND, statuses: ['running'] };

test('a command with every condition, at the last moment of a run, is taken', () => {
  const all = { ...FOUND, definition: checkoutByCard.name, stuckUs: 0, atMs: 240_000 + 8 * 3_600_000 };
  expect(declared({ commands: [all] })).not.toThrow();
});

test.each<[what: string, command: object, says: RegExp]>([
  ['before the run', { ...FOUND, atMs: -1 }, /a command of `repairs` is at -1 ms/],
  ['at half a millisecond', { ...FOUND, atMs: 0.5 }, /is at 0.5 ms/],
  ['never', { ...FOUND, atMs: Number.NaN }, /is at NaN ms/],
  ['after the run', { ...FOUND, atMs: 240_001 + 8 * 3_600_000 }, /no run lasts so long/],
  ['of nobody', { ...FOUND, by: '' }, /needs the name/],
  ['for all sagas there are', COMMAND, /has no condition/],
  ['for conditions that are left open', { ...COMMAND, statuses: undefined }, /has no condition/],
  [
    'for a status with a dash',
    { ...COMMAND, statuses: ['compensation-failed'] },
    /status "compensation-failed"/,
  ],
  ['for a status that is no list', { ...COMMAND, statuses: 'compensation_failed' }, /has statuses: "compens/],
  ['for no status', { ...COMMAND, statuses: [] }, /has statuses: \[\]/],
  ['for another definition', { ...COMMAND, definition: 'nope' }, /definition "nope", which is none/],
  ['for a definition that is no text', { ...COMMAND, definition: 7 }, /definition 7, which is none/],
  ['for a time that is a text', { ...COMMAND, stuckUs: 'x' }, /has stuckUs: "x"/],
  ['for less than no time', { ...COMMAND, stuckUs: -1 }, /has stuckUs: -1/],
  ['with a misspelt member', { ...COMMAND, status: ['running'] }, /unknown member "status"/],
])('a command %s is refused', (_what, command, says) => {
  expect(declared({ commands: [command] })).toThrow(says);
});

test.each<[habits: object, says: RegExp]>([
  [{ command: [] }, /unknown member "command"/],
  [{ commands: { ...FOUND } }, /commands is no list/],
])('habits %o are refused', (habits, says) => {
  expect(declared(habits)).toThrow(says);
});
