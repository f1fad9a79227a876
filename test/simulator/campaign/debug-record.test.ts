// The record of a run event by event: exact, complete, and with the past of the violation closed under what came before.

import { expect, test } from 'vitest';
import { debugCapsule, debugSeed } from '../../../simulator/campaign/debug.ts';
import { prepare, readCapsule } from '../../../simulator/campaign/index.ts';
import { runSeed } from '../../../simulator/campaign/job.ts';
import type { DebugChange, DebugEvent, DebugRecord } from '../../../simulator/debug-record.ts';
import type { InvariantFactory } from '../../../simulator/index.ts';
import { capsulesOf } from './debug-capsules.ts';

const BUGS = ['compensates-only-completed', 'dedupe-in-memory', 'zombie-writes-on', 'undo-list-in-memory'];
const found = (await Promise.all(BUGS.map((bug) => capsulesOf(bug)))).flat();
const records = await Promise.all(found.map(({ capsule, path }) => debugCapsule(capsule, path)));
const cases = records.map((record, i) => ({
  name: `${record.scenario} ${found[i]!.path}`,
  record,
  ...found[i]!,
}));
const SEEDS = ['bank-transfer', 'order-parallel', 'outage', 'rate-limited', 'order-processing'].map(
  (scenario) => ({
    scenario,
  }),
);

test('there are failures of several natures to look at', () => {
  expect(records.length).toBeGreaterThan(8);
  expect(new Set(records.map(({ violations }) => violations[0]?.invariant)).size).toBeGreaterThan(2);
  expect(cases.filter(({ capsule }) => capsule.shrunk?.isMinimal).length).toBeGreaterThan(3);
});

test.each(cases)('watching changes nothing: $name', ({ record, capsule }) => {
  expect(record.reproduced).toBe('exact');
  expect(record.fingerprint).toBe(capsule.fingerprint);
  expect(record.violations[0]).toMatchObject({
    invariant: capsule.violation.invariant,
    message: capsule.violation.message,
    atUs: capsule.violation.atUs,
  });
});

test.each(SEEDS)('nor does it in a storm over $scenario', async ({ scenario }) => {
  const job = { scenario, profile: 'storm', sagas: 12 } as const;
  const prepared = await prepare(job);
  const record = await debugSeed(job, 'storm/1');
  expect(record.fingerprint).toBe(runSeed(prepared, 'storm/1').fingerprint);
});

test('what was thrown is said in the last event that there was', async () => {
  const scenario = 'test/cli/fixtures/throws-at-undo.ts';
  const record = await debugSeed({ scenario, profile: 'storm', sagas: 12 }, 'storm/1');
  expect(record.violations).toMatchObject([
    { invariant: 'nothing-thrown', event: record.events.at(-1)!.index },
  ]);
  expect(record.past.at(-1)).toBe(record.violations[0]!.event);
});

test.each(cases)('the past holds the violation and nothing later: $name', ({ record }) => {
  const event = record.violations[0]!.event;
  expect(record.past.at(-1)).toBe(event);
  expect([...record.past].sort((a, b) => a - b)).toEqual(record.past);
});

test.each(cases)('the past is closed under what came before: $name', ({ record, capsule }) => {
  expect(missingBefore(record, capsule.shrunk?.isMinimal === true)).toEqual([]);
});

test('a past that lacks an event is not closed', () => {
  const { record } = cases.find(({ capsule }) => capsule.shrunk?.isMinimal)!;
  const shorter = { ...record, past: record.past.filter((index) => index !== record.past[1]) };
  expect(missingBefore(shorter, true)).not.toEqual([]);
});

test.each(cases)(
  'the past holds every effect of its saga and every fault that struck it: $name',
  ({ record }) => {
    const [{ saga, event: end }] = record.violations as [DebugRecord['violations'][0]];
    const past = new Set(record.past);
    const effects = record.events.filter((e) => e.kind === 'effect' && e.saga === saga && e.index <= end);
    expect(effects.filter(({ index }) => !past.has(index))).toEqual([]);
    const struck = record.faults.filter(
      ({ at, event }) => at.startsWith(`${saga}/`) && event !== undefined && event <= end,
    );
    expect(struck.filter(({ event }) => !past.has(event!))).toEqual([]);
  },
);

test.each(cases)('messages go forward in time, to the lane that they were meant for: $name', ({ record }) => {
  const events = new Map(record.events.map((event) => [event.index, event]));
  for (const { kind, from, to, lost, toLane } of record.messages) {
    const [left, arrived] = [events.get(from)!, events.get(to ?? lost!)];
    if (arrived === undefined) continue;
    expect(arrived.index).toBeGreaterThan(left.index);
    expect(arrived.atUs).toBeGreaterThanOrEqual(left.atUs);
    if (lost !== undefined) expect(arrived.kind).toBe('lose');
    else expect(arrived.lane).toBe(toLane);
    if (kind === 'request') expect([arrived.saga, arrived.step]).toEqual([left.saga, left.step]);
    if (kind === 'reply' && to !== undefined) expect(arrived.kind).toBe('reply');
  }
});

test.each(cases)('every arrival has a message that it came with: $name', ({ record }) => {
  const ends = new Set(record.messages.flatMap(({ to, lost }) => to ?? lost ?? []));
  const arrivals = record.events.filter(
    ({ kind }) => kind === 'reply' || kind === 'refused' || kind === 'lose',
  );
  expect(arrivals.filter(({ index }) => !ends.has(index))).toEqual([]);
  const delivered = record.events.filter(({ kind }) => kind === 'deliver');
  const queued = record.events.some(({ kind }) => kind === 'queued');
  if (!queued) expect(delivered.filter(({ index }) => !ends.has(index))).toEqual([]);
});

test.each(SEEDS)(
  'the changes of all events add up to the books at the end of $scenario',
  async ({ scenario }) => {
    const job = { scenario, profile: 'storm', sagas: 8 } as const;
    const prepared = await prepare(job);
    const books = new Map<string, unknown>();
    const reader: InvariantFactory = () => ({
      id: 'reads-the-books',
      statement: 'Nothing',
      onQuiescence: ({ participants }) => {
        for (const [service, { ledger }] of Object.entries(participants)) {
          for (const [account, balance] of ledger.balances()) books.set(`${service}/${account}`, balance);
          for (const { item, onHand, reserved, sold } of ledger.stock())
            books.set(`${service}/${item}`, { item, onHand, reserved, sold });
        }
      },
    });
    runSeed({ ...prepared, scenario: { ...prepared.scenario, invariants: [reader] } }, 'storm/2');
    const record = await debugSeed(job, 'storm/2');
    const folded = booksAfter(record.events);
    expect(folded.size).toBeGreaterThan(0);
    for (const [name, value] of folded) expect([name, value]).toEqual([name, books.get(name)]);
  },
);

test('where there is no room for all, what led to the violation comes first and the rest is counted', async () => {
  const { capsule, path, record } = cases.find(
    (one) => one.record.past.length > 12 && one.record.past.length < 60,
  )!;
  const tight = await debugCapsule(capsule, path, 10);
  expect(tight.events.map(({ index }) => index)).toEqual(record.past.slice(-10));
  expect(tight.pastLeftOut).toBe(record.past.length - 10);
  expect(tight.eventsTotal).toBe(record.eventsTotal);
  const roomy = await debugCapsule(capsule, path, record.past.length + 2);
  expect(roomy.events).toHaveLength(record.past.length + 2);
  expect(roomy.pastLeftOut).toBe(0);
});

test('changes of events that were left out are made by the next one that was not', async () => {
  const { capsule, path, record } = cases.find((one) => booksAfter(one.record.events).size > 0)!;
  const tight = await debugCapsule(capsule, path, 1);
  expect(tight.events).toHaveLength(1);
  const end = record.violations[0]!.event;
  const until = (events: readonly DebugEvent[]) => booksAfter(events.filter(({ index }) => index <= end));
  expect(until(tight.events)).toEqual(until(record.events));
});

test('each violation stands with the event in which it was said', () => {
  for (const { violations, events } of records) {
    for (const { event, atUs, saga, invariant } of violations) {
      const at = events.find(({ index }) => index === event);
      if (at === undefined) continue;
      expect([invariant, at.atUs]).toEqual([invariant, atUs]);
      if (saga !== undefined && at.saga !== undefined) expect(at.saga).toBe(saga);
    }
  }
});

test('a second worker has a lane of its own, and what its forerunner writes stays in the old one', async () => {
  const record = records.find(({ faults }) => faults.length === 1 && faults[0]!.kind === 'takeover')!;
  const second = record.lanes.findIndex(({ tookOverFrom }) => tookOverFrom !== undefined);
  const first = record.lanes[second]!.tookOverFrom!;
  const violation = record.events.find(({ index }) => index === record.violations[0]!.event)!;
  expect(violation.lane).toBe(first);
  expect(record.events.find(({ kind }) => kind === 'takeover')!.lane).toBe(second);
});

test('a capsule on disk is enough, and equal capsules give equal records', async () => {
  const { path, record } = cases[0]!;
  expect(await debugCapsule(readCapsule(path), path)).toEqual(record);
});

/** Pairs of an event of the past and one of concern before it that is not in the past. */
function missingBefore(record: DebugRecord, isMinimal: boolean): readonly string[] {
  const past = new Set(record.past);
  const { saga: concerned } = record.violations[0]!;
  const isAbout = ({ saga }: DebugEvent): boolean =>
    saga !== undefined && (isMinimal || concerned === undefined || saga === concerned);
  const missing: string[] = [];
  const last = new Map<number, DebugEvent>();
  for (const event of record.events) {
    const before = last.get(event.lane);
    if (past.has(event.index) && before !== undefined && !past.has(before.index))
      missing.push(`${before.index} before ${event.index} in its lane`);
    if (isAbout(event)) last.set(event.lane, event);
  }
  const events = new Map(record.events.map((event) => [event.index, event]));
  for (const { from, to } of record.messages) {
    if (to === undefined || !past.has(to) || past.has(from) || !isAbout(events.get(from)!)) continue;
    missing.push(`${from} before ${to} by a message`);
  }
  return missing;
}

function booksAfter(events: readonly DebugEvent[]): ReadonlyMap<string, unknown> {
  const books = new Map<string, unknown>();
  for (const change of events.flatMap(({ changes = [] }): readonly DebugChange[] => changes)) {
    if (change.kind === 'balance') books.set(`${change.service}/${change.account}`, change.to);
    if (change.kind === 'stock') books.set(`${change.service}/${change.to.item}`, change.to);
  }
  return books;
}
