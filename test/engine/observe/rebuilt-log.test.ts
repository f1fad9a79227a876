// The log is lost, and rebuilt from the books: at whatever moment of a storm, all sagas then end all-or-nothing.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BookEntry, defineSaga, fold, isEnded } from '../../../engine/index.ts';
import { rebuiltLog } from '../../../engine/observe/index.ts';
import { foldChecked } from '../../../simulator/invariants/legal-transitions.ts';
import { recovered } from './lost-log.ts';

/** Storms per scenario; 60 of each were tried once: `REBUILD_RUNS=60`. */
const RUNS = Number(process.env.REBUILD_RUNS ?? 6);

describe('the log is lost in a storm', () => {
  test.each(['bank-transfer', 'order-processing', 'payment-chain', 'ride', 'order-parallel'])(
    '%s: rebuilt from the books, or from a backup and the books, every saga ends all-or-nothing',
    async (scenario) => {
      let [lostEvents, entriesBefore] = [0, 0];
      const lost = fc.record({
        scenario: fc.constant(scenario),
        seed: fc.stringMatching(/^[a-z]{6}$/),
        sagas: fc.constant(40),
        diesAtUs: fc.integer({ min: 100_000, max: 30_000_000 }),
        keptUntilUs: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 20_000_000 })),
      });
      await fc.assert(
        fc.asyncProperty(lost, async (one) => {
          const found = await recovered(one);
          lostEvents += found.lostEvents;
          entriesBefore += found.entriesBefore;
          expect(found.states.filter(({ status }) => !isEnded(status))).toEqual([]);
          expect(found.reconciliation.differences).toEqual([]);
          expect(found.illegal).toEqual([]);
          expect(found.turned).toEqual([]);
          for (const [before, after] of found.totals) expect(after).toBe(before);
          expect(found.inFlight).toBe(0);
        }),
        { numRuns: RUNS, seed: 4 },
      );
      expect(lostEvents).toBeGreaterThan(50);
      expect(entriesBefore).toBeGreaterThan(20);
    },
  );
});

const transfer = defineSaga({
  name: 'transfer',
  version: 1,
  deadlineMs: 90_000,
  steps: {
    debit: { service: 'bank', action: 'debit', compensation: 'compensate_debit' },
    send: { service: 'post', action: 'send', kind: 'pivot', after: ['debit'] },
    credit: { service: 'bank', action: 'credit', kind: 'retriable', after: ['send'] },
  },
});
const undoable = defineSaga({
  name: 'undoable',
  version: 1,
  steps: {
    a: { service: 's', action: 'a', compensation: 'undo_a' },
    b: { service: 's', action: 'b', compensation: 'undo_b', after: ['a'] },
    c: { service: 's', action: 'c', compensation: 'undo_c', after: ['b'] },
  },
});
const entry = (step: string, direction: 'forward' | 'compensation' = 'forward', round = 0): BookEntry => ({
  saga: 's',
  step,
  direction,
  round,
  action: step,
});

describe('what the books say becomes', () => {
  const rebuilt = (definition: typeof transfer, entries: readonly BookEntry[]) => {
    const { events, unknown } = rebuiltLog({ saga: 's', definition, input: 1, log: [], entries, nowUs: 100 });
    expect(foldChecked(definition, 's', events).illegal).toBeUndefined();
    return {
      kinds: events.map((event) => ('step' in event ? `${event.kind} ${event.step}` : event.kind)),
      events,
      unknown,
    };
  };

  test('nothing: the saga begins, with a new deadline', () => {
    const { kinds, events, unknown } = rebuilt(transfer, []);
    expect(kinds).toEqual(['saga-created', 'step-requested debit']);
    expect(events[0]).toMatchObject({ input: 1, deadlineAtUs: 90_000_100 });
    expect(unknown).toContain('its deadline: it gets a new one');
  });

  test('some of it stands: it is entered as applied, with its result, and what comes next is intended', () => {
    const { kinds, events, unknown } = rebuilt(transfer, [{ ...entry('debit'), result: { id: 7 } }]);
    expect(kinds).toEqual([
      'saga-created',
      'step-requested debit',
      'step-applied debit',
      'step-requested send',
    ]);
    expect(events[2]).toMatchObject({ result: { id: 7 } });
    expect(unknown.join()).not.toContain('had answered');
    expect(rebuilt(transfer, [entry('debit')]).unknown.join()).toContain('what "debit" had answered');
  });

  test('all of it stands: it has completed', () => {
    expect(
      rebuilt(
        transfer,
        ['credit', 'send', 'debit'].map((step) => entry(step)),
      ).kinds.at(-1),
    ).toBe('saga-completed');
  });

  test('something was undone: all is, and what may have been asked for leaves a tombstone', () => {
    const { kinds, unknown } = rebuilt(undoable, [entry('a'), entry('b'), entry('b', 'compensation')]);
    expect(kinds.slice(1)).toEqual([
      'step-requested a',
      'step-applied a',
      'step-requested b',
      'step-applied b',
      'step-requested c',
      'compensation-started',
      'compensation-requested b',
      'step-compensated b',
      'compensation-requested c',
    ]);
    expect(unknown.join()).toContain('why it was undone');
  });

  test('a second round: the first has ended without effect', () => {
    const entries = [entry('a'), entry('a', 'compensation'), entry('a', 'forward', 2)];
    const { kinds, events } = rebuilt(undoable, entries);
    expect(kinds.slice(-4)).toEqual([
      'saga-retried',
      'step-requested a',
      'step-applied a',
      'step-requested b',
    ]);
    expect(fold(undoable, 's', events)).toMatchObject({ round: 2, status: 'running' });
    expect(rebuilt(undoable, [entry('a', 'forward', 1)]).kinds.slice(1, 4)).toEqual([
      'stop-requested',
      'saga-failed',
      'saga-retried',
    ]);
  });

  test('B5: what a book may have forgotten: nothing, unless the saga began later, or a person says so', () => {
    const facts = {
      saga: 's',
      definition: transfer,
      input: 1,
      nowUs: 100,
      keptSinceUs: new Map([['post', 50]]),
    };
    const of = (more: object, entries = [entry('debit')]) =>
      rebuiltLog({ ...facts, log: [], entries, ...more });
    const doubted = 'whether "send" was done: the book of post remembers only since 1970-01-01T00:00:00.000Z';
    expect(of({})).toEqual({ events: [], unknown: [doubted] });
    expect(of({ begunAfterUs: 49 }).events).toEqual([]);
    for (const more of [{ begunAfterUs: 50 }, { isForced: true }, { keptSinceUs: new Map([['bank', 50]]) }]) {
      const isBank = 'keptSinceUs' in more; // credit is missing there
      expect(of(more).events.length > 0).toBe(!isBank);
    }
    expect(
      of(
        {},
        ['debit', 'send'].map((step) => entry(step)),
      ).events.length,
    ).toBeGreaterThan(0);
    const log = of({ isForced: true }).events;
    expect(of({ log }, [entry('debit'), entry('send')]).events.length).toBeGreaterThan(0);
  });

  test('nothing that the log does not have: nothing is added', () => {
    const { events } = rebuilt(transfer, [entry('debit')]);
    const again = rebuiltLog({
      saga: 's',
      definition: transfer,
      input: 1,
      log: events,
      entries: [entry('debit')],
      nowUs: 1,
    });
    expect(again).toEqual({ events: [], unknown: [] });
  });

  test('a saga that has ended is left alone', () => {
    const { events } = rebuilt(
      transfer,
      ['credit', 'send', 'debit'].map((step) => entry(step)),
    );
    const entries = [entry('debit', 'compensation')];
    expect(
      rebuiltLog({ saga: 's', definition: transfer, input: 1, log: events, entries, nowUs: 1 }).events,
    ).toEqual([]);
  });
});
