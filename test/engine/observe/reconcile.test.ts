// Reconciliation: silent in storms at whatever moment it looks, and exact about each kind of tampering.

import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import {
  type Book,
  type BookEntry,
  type Difference,
  isReconciled,
  lasting,
  type ReconcileFacts,
  type Reconciliation,
  reconcile,
} from '../../../engine/index.ts';
import { loggedSaga } from '../../../engine/observe/index.ts';
import order from '../../../scenarios/order.ts';
import { inProtocol } from '../../../simulator/protocol.ts';
import { type RunOfBooks, runOfBooks } from './books-of-runs.ts';

/** Runs of each scenario below; 100 of each were tried once, at four moments each: `RECONCILE_RUNS=100`. */
const RUNS = Number(process.env.RECONCILE_RUNS ?? 4);

describe('in a storm in which everybody keeps to the rules nothing differs, at whatever moment', () => {
  test.each(['bank-transfer', 'order-processing', 'payment-chain', 'ride', 'order-parallel'])(
    '%s',
    async (name) => {
      let doubts = 0;
      for (let i = 0; i < RUNS; i++) {
        const run = await runOfBooks(name, { seed: `reconcile/${i}` });
        for (const permille of [90, 310, 620, 1_000]) {
          const found = reconciled(run, Math.floor((run.endUs * permille) / 1_000));
          expect(found.differences).toEqual([]);
          expect(found.unchecked).toEqual([]);
          doubts += found.inDoubt.length;
          if (permille === 1_000) expect(found.inDoubt).toEqual([]);
        }
      }
      expect(doubts).toBeGreaterThan(0); // it looked while something was under way
    },
  );
});

test('R5: nor does it where services react to one another', async () => {
  const choreographed = inProtocol(order, 'choreography');
  for (let i = 0; i < RUNS; i++) {
    const run = await runOfBooks(choreographed, { seed: `reconcile/${i}` });
    for (const permille of [90, 310, 620, 1_000]) {
      const found = reconciled(run, Math.floor((run.endUs * permille) / 1_000));
      expect(found.differences).toEqual([]);
    }
  }
});

let run: RunOfBooks;
let whole: { readonly logs: readonly (readonly StoredEvent[])[]; readonly books: readonly Book[] };

describe('each kind of tampering is named, and nothing else', () => {
  beforeAll(async () => {
    run = await runOfBooks('order-processing', { seed: 'tampered' });
    whole = run.at(run.endUs);
  });

  const candidates = (
    wanted: (entry: BookEntry, status: string, says: string) => boolean,
  ): readonly BookEntry[] => {
    const sagas = new Map(whole.logs.map((log) => [log[0]!.saga, loggedSaga(log)!]));
    return whole.books.flatMap(({ entries }) =>
      entries.filter((entry) => {
        const { status, round, steps } = sagas.get(entry.saga)!;
        const step = steps.find((one) => one.step === entry.step && one.round === entry.round)!;
        return entry.round === round && wanted(entry, status, step[entry.direction]);
      }),
    );
  };
  const forward = (status: string) => (entry: BookEntry, found: string, says: string) =>
    entry.direction === 'forward' && found === status && says === 'done';

  const cases: readonly (readonly [string, () => readonly BookEntry[], (entry: BookEntry) => Tampered])[] = [
    [
      'an effect that a completed saga needs is taken out of the books',
      () => candidates(forward('completed')),
      (entry) => ({ books: without(entry), finds: [`logged-not-done ${nameOf(entry)}`] }),
    ],
    [
      'an undo is taken out of the books',
      () => candidates((entry, _status, says) => entry.direction === 'compensation' && says === 'done'),
      (entry) => ({ books: without(entry), finds: [`logged-not-done ${nameOf(entry)}`] }),
    ],
    [
      'an effect is there twice',
      () => candidates(() => true),
      (entry) => ({ books: changed(entry, (one) => [one, one]), finds: [`done-twice ${nameOf(entry)}`] }),
    ],
    [
      'an effect is undone behind the back of the engine',
      () => candidates(forward('completed')),
      (entry) => ({
        books: changed(entry, (one) => [one, { ...one, direction: 'compensation' }]),
        finds: [`undone-not-logged ${nameOf({ ...entry, direction: 'compensation' })}`],
      }),
    ],
    [
      'what an undo undid is taken out of the books, and the log had left it in doubt',
      () => candidates((entry, status) => entry.direction === 'compensation' && status === 'compensated'),
      (entry) => {
        const logs = whole.logs.map((log) => (log[0]!.saga === entry.saga ? inDoubt(log, entry.step) : log));
        const books = without(whole.books.flatMap(({ entries }) => entries).find(isForwardOf(entry))!);
        return { logs, books, finds: [`undone-not-done ${nameOf(entry)}`] };
      },
    ],
    [
      'the log loses the intention of a step',
      () => candidates(forward('completed')),
      (entry) => ({
        logs: whole.logs.map((log) => (log[0]!.saga === entry.saga ? withoutStep(log, entry.step) : log)),
        finds: [`done-not-logged ${nameOf(entry)}`],
      }),
    ],
    [
      'the log loses a saga',
      () => candidates(() => true),
      ({ saga }) => ({
        logs: whole.logs.filter((log) => log[0]!.saga !== saga),
        finds: whole.books
          .flatMap(({ entries }) => entries)
          .filter((entry) => entry.saga === saga)
          .map((entry) => `unknown-saga ${nameOf(entry)}`),
      }),
    ],
    [
      'one leg of an entry is of another amount',
      () => candidates(({ postings }) => postings !== undefined),
      (entry) => ({
        books: changed(entry, ({ postings, ...one }) => [
          {
            ...one,
            postings: postings!.map((leg, i) => (i === 0 ? { ...leg, amount: leg.amount + 1 } : leg)),
          },
        ]),
        finds: [`amount-differs ${nameOf(entry)}`],
      }),
    ],
    [
      'all legs of an entry are ten times as much',
      () =>
        candidates(
          (entry, status, says) => entry.postings !== undefined && forward('completed')(entry, status, says),
        ),
      (entry) => ({
        books: changed(entry, ({ postings, ...one }) => [
          { ...one, postings: postings!.map((leg) => ({ ...leg, amount: leg.amount * 10 })) },
        ]),
        finds: [`amount-differs ${nameOf(entry)}`],
      }),
    ],
    [
      'things vanish from a shelf',
      () => candidates(({ stock }) => stock !== undefined),
      (entry) => ({
        books: changed(entry, (one) => [{ ...one, stock: { ...one.stock!, onHand: one.stock!.onHand - 1 } }]),
        finds: [`amount-differs ${nameOf(entry)}`],
      }),
    ],
  ];
  test.each(cases)('%s', (_what, from, tamper) => {
    const found = from();
    expect(found.length).toBeGreaterThan(3);
    fc.assert(
      fc.property(fc.constantFrom(...found), (entry) => {
        const { finds, ...tampered } = tamper(entry);
        const { differences } = reconcile({ ...whole, ...tampered, definitionOf });
        expect(differences.map(inWords).sort()).toEqual([...finds].sort());
        for (const { settle } of differences) expect(settle.how).toMatch(/^[A-Z].*\.$/);
      }),
      { numRuns: 25 },
    );
  });
});

interface Tampered extends Partial<ReconcileFacts> {
  readonly finds: readonly string[];
}

function definitionOf(name: string) {
  return run.definitions.find((one) => one.name === name);
}

function reconciled(of: RunOfBooks, atUs: number): Reconciliation {
  return reconcile({
    ...of.at(atUs),
    definitionOf: (name) => of.definitions.find((one) => one.name === name),
  });
}

function nameOf({ saga, step, direction, round }: BookEntry | Difference): string {
  return `${saga}/${step}/${direction}/${round}`;
}

function inWords(one: Difference): string {
  return `${one.kind} ${nameOf(one)}`;
}

function changed(entry: BookEntry, change: (entry: BookEntry) => readonly BookEntry[]): readonly Book[] {
  return whole.books.map((book) => ({
    ...book,
    entries: book.entries.flatMap((one) => (one === entry ? change(one) : [one])),
  }));
}

function without(entry: BookEntry): readonly Book[] {
  return changed(entry, () => []);
}

function isForwardOf({ saga, step, round }: BookEntry): (entry: BookEntry) => boolean {
  return (one) =>
    one.saga === saga && one.step === step && one.round === round && one.direction === 'forward';
}

function withoutStep(log: readonly StoredEvent[], step: string): readonly StoredEvent[] {
  return log.filter(({ event }) => !('step' in event) || event.step !== step);
}

function inDoubt(log: readonly StoredEvent[], step: string): readonly StoredEvent[] {
  const left: SagaEvent = { kind: 'step-left-unknown', step, failure: 'timeout', reason: 'no answer' };
  return log.map((row) =>
    row.event.kind === 'step-applied' && row.event.step === step ? { ...row, event: left } : row,
  );
}

describe('a table', () => {
  const S = 1_000_000;
  const rows = (events: readonly SagaEvent[], saga = 's'): readonly StoredEvent[] =>
    events.map((event, i) => ({ saga, version: i + 1, epoch: 1, atUs: (i + 1) * S, event }));
  const CREATED: SagaEvent = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} };
  const asked: SagaEvent = { kind: 'step-requested', step: 'pay' };
  const NO = { kind: 'step-failed', step: 'pay', failure: 'timeout', reason: 'late' } as const;
  const left: SagaEvent = { ...NO, kind: 'step-left-unknown' };
  const undoing: readonly SagaEvent[] = [
    { kind: 'compensation-started', reason: NO },
    { kind: 'compensation-requested', step: 'pay' },
  ];
  const givenUp: readonly SagaEvent[] = [
    { ...NO, kind: 'step-compensation-failed' },
    { kind: 'saga-compensation-failed' },
  ];
  const entry = (direction: 'forward' | 'compensation'): BookEntry => ({
    saga: 's',
    step: 'pay',
    direction,
    round: 0,
    action: 'pay',
  });
  const ACT = { id: 'act-1', by: 'anna', why: 'settled by hand' };
  const done = entry('forward');
  const undone = entry('compensation');

  test.each<[string, readonly SagaEvent[], readonly BookEntry[], readonly string[], readonly string[]]>([
    ['under way, not done yet', [CREATED, asked], [], [], ['forward not done: wait']],
    ['under way, done', [CREATED, asked], [done], [], ['forward done: wait']],
    ['not intended, and done', [CREATED], [done], ['done-not-logged: restore'], []],
    [
      'refused for good, and done',
      [CREATED, asked, { ...NO, kind: 'step-rejected' }, { kind: 'saga-failed', reason: NO }],
      [done],
      ['done-not-logged: call'],
      [],
    ],
    ['given up in doubt, to be undone', [CREATED, asked, left], [done], [], ['forward done: wait']],
    [
      'its undo given up, and done all the same',
      [CREATED, asked, left, ...undoing, ...givenUp],
      [done, undone],
      [],
      ['compensation done: resume'],
    ],
    [
      'its undo given up, and it stands',
      [CREATED, asked, left, ...undoing, ...givenUp],
      [done],
      [],
      ['compensation not done: resume'],
    ],
    [
      'applied while the saga is open, and its book has nothing',
      [CREATED, asked, { kind: 'step-applied', step: 'pay' }],
      [],
      ['logged-not-done: compensate'],
      [],
    ],
    [
      'undone by a tombstone: nothing was ever done',
      [
        CREATED,
        asked,
        left,
        ...undoing,
        { kind: 'step-compensated', step: 'pay' },
        { kind: 'saga-compensated' },
      ],
      [],
      [],
      [],
    ],
    [
      'an undo that a person took over, done or not',
      [
        CREATED,
        asked,
        left,
        ...undoing,
        ...givenUp,
        { kind: 'step-skipped', step: 'pay', direction: 'compensation', act: ACT },
        { kind: 'saga-resolved' },
      ],
      [done],
      [],
      [],
    ],
    [
      'resolved by a person, its undo was done after all',
      [CREATED, asked, left, ...undoing, ...givenUp, { kind: 'saga-resolved', act: ACT }],
      [done, undone],
      [],
      [],
    ],
    [
      'undone and tried again by a person',
      [
        CREATED,
        asked,
        left,
        ...undoing,
        { kind: 'step-compensated', step: 'pay' },
        { kind: 'saga-compensated' },
        { kind: 'saga-retried', round: 1 },
        asked,
        { kind: 'step-applied', step: 'pay' },
        { kind: 'saga-completed' },
      ],
      [done, undone, { ...done, round: 1 }],
      [],
      [],
    ],
  ])('%s', (_what, events, entries, differences, doubts) => {
    const other: BookEntry = { ...done, saga: 'other' };
    const found = reconcile({
      logs: [rows(events), rows([CREATED, asked, { kind: 'step-applied', step: 'pay' }], 'other')],
      books: [{ service: 'payment', entries: [...entries, other] }],
    });
    expect(found.differences.map(({ kind, settle }) => `${kind}: ${settle.act}`)).toEqual(differences);
    expect(
      found.inDoubt.map(
        ({ direction, isDone, settle }) => `${direction} ${isDone ? 'done' : 'not done'}: ${settle.act}`,
      ),
    ).toEqual(doubts);
  });

  test('of a step that no book ever mentions nothing is known, and that is said', () => {
    const logs = [rows([CREATED, asked, { kind: 'step-applied', step: 'pay' }, { kind: 'saga-completed' }])];
    expect(reconcile({ logs, books: [] })).toMatchObject({
      differences: [],
      unchecked: [{ definition: 'd', step: 'pay', sagas: 1 }],
    });
  });

  test('a balance that no entry explains is a drift, and so is a level', () => {
    const postings = [
      { account: 'a', amount: -5 },
      { account: 'b', amount: 5 },
    ];
    const level = { item: 'x', onHand: 1, reserved: 1, sold: 0, total: 2 };
    const entries: readonly BookEntry[] = [
      { ...done, postings },
      { ...done, step: 'take', stock: level },
    ];
    const logs = [rows([CREATED, asked, { kind: 'step-requested', step: 'take' }])];
    const book = {
      service: 'bank',
      entries,
      accounts: {
        a: { opening: 10, balance: 5 },
        b: { opening: 0, balance: 6 },
        c: { opening: 1, balance: 1 },
      },
      stock: [level],
    };
    const found = reconcile({ logs, books: [book] });
    expect(found.accounts).toEqual([
      { service: 'bank', account: 'a', posted: -5, unexplained: 0, drift: 0 },
      { service: 'bank', account: 'b', posted: 5, unexplained: 0, drift: 1 },
    ]);
    expect(isReconciled(found)).toBe(false);
    const right = { ...book, accounts: { ...book.accounts, b: { opening: 0, balance: 5 } } };
    expect(isReconciled(reconcile({ logs, books: [right] }))).toBe(true);
    const lost = { ...right, stock: [{ ...level, onHand: 0 }] };
    expect(reconcile({ logs, books: [lost] }).items).toMatchObject([{ item: 'x', isAsBooked: false }]);
    expect(isReconciled(reconcile({ logs, books: [lost] }))).toBe(false);
  });

  test('what differs only because the engine went on between two readings does not last', () => {
    const books: readonly Book[] = [{ service: 'payment', entries: [done] }];
    const before = reconcile({ logs: [rows([CREATED])], books });
    const after = reconcile({ logs: [rows([CREATED, asked])], books });
    expect(before.differences).toHaveLength(1);
    expect(lasting(before, after).differences).toEqual([]);
    expect(lasting(before, before).differences).toHaveLength(1);
  });
});
