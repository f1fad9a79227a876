// What the judge makes of what people did: an act stands once, by somebody and for a reason, and excuses nothing but what was
// taken over.

import { expect, test } from 'vitest';
import type { ActRecord, SagaEvent } from '../../../engine/core/saga-event.ts';
import { allOrNothing } from '../../../simulator/invariants/all-or-nothing.ts';
import { CaseBook, OpenCase } from '../../../simulator/invariants/case-book.ts';
import type { InvariantFactory } from '../../../simulator/invariants/invariant.ts';
import { Judge } from '../../../simulator/invariants/judge.ts';
import { foldChecked } from '../../../simulator/invariants/legal-transitions.ts';
import { locksReleased } from '../../../simulator/invariants/locks-released.ts';
import { nothingAfterTheEnd } from '../../../simulator/invariants/nothing-after-the-end.ts';
import { NOWHERE } from '../../../simulator/invariants/nowhere.ts';
import { statusIsTrue } from '../../../simulator/invariants/status-is-true.ts';
import { graph, sequence } from '../../engine/core/given.ts';

const two = sequence('a', 'b');
const ACT: ActRecord = { id: 'x', by: 'anna', why: 'gone for good' };
const FAILED = { kind: 'step-failed', step: 'b', failure: 'business', reason: 'no' } as const;
const CREATED: SagaEvent = { kind: 'saga-created', definition: 'test', definitionVersion: 1, input: {} };
const asked = (step: string): SagaEvent => ({ kind: 'step-requested', step });
const done = (step: string): SagaEvent => ({ kind: 'step-applied', step });
const SKIPPED: SagaEvent = { kind: 'step-skipped', step: 'a', direction: 'compensation', act: ACT };

/** A was applied, B refused; the undo of A was given up. */
const STUCK: readonly SagaEvent[] = [
  CREATED,
  asked('a'),
  done('a'),
  asked('b'),
  { kind: 'step-rejected', step: 'b', failure: 'business', reason: 'no' },
  { kind: 'compensation-started', reason: FAILED },
  { kind: 'compensation-requested', step: 'a' },
  { kind: 'step-compensation-failed', step: 'a', failure: 'timeout', reason: 'no answer' },
  { kind: 'saga-compensation-failed' },
];

test.each<[string, readonly SagaEvent[], RegExp | undefined]>([
  ['a skip and its end', [SKIPPED, { kind: 'saga-resolved' }], undefined],
  ['a saga that is taken over', [{ kind: 'saga-resolved', act: ACT }], undefined],
  ['a skip that is passed over', [SKIPPED, { kind: 'saga-compensated' }], /a person had skipped a step/],
  ['an end that nobody wanted', [{ kind: 'saga-resolved' }], /is of nobody/],
  ['an act without a reason', [{ kind: 'saga-resolved', act: { id: 'x', by: 'anna' } }], /does not say why/],
  ['an act of nobody', [{ kind: 'saga-resolved', act: { ...ACT, by: '' } }], /who did it/],
  ['the same act twice', [{ kind: 'compensation-resumed', act: ACT }, SKIPPED], /which was done before/],
  ['a skip of the other direction', [{ ...SKIPPED, direction: 'forward' }], /skips the other direction/],
  ['a skip of what was settled', [{ ...SKIPPED, step: 'b' }], /while step "b" was rejected/],
  [
    'a new round of a skipped saga',
    [SKIPPED, { kind: 'saga-resolved' }, { kind: 'saga-retried', round: 1 }],
    /resolved/,
  ],
])('%s', (_what, events, illegal) => {
  const said = foldChecked(two, 's-1', [...STUCK, ...events]).illegal;
  if (illegal === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(illegal);
});

test('a step that can be undone is not skipped on its way forward', () => {
  const events: readonly SagaEvent[] = [CREATED, asked('a'), { ...SKIPPED, direction: 'forward' }];
  expect(foldChecked(two, 's-1', events).illegal).toMatch(/can be undone/);
  const tail = graph({ a: {}, m: { kind: 'retriable', after: ['a'] } });
  const skipped: SagaEvent = { ...SKIPPED, step: 'm', direction: 'forward' };
  const forward = [CREATED, asked('a'), done('a'), asked('m'), skipped, { kind: 'saga-resolved' } as const];
  expect(foldChecked(tail, 's-1', forward).illegal).toBeUndefined();
});

/** The whole log of the saga, as one append. */
function appendOf(events: readonly SagaEvent[]) {
  return { kind: 'append', number: 1, saga: 's-1', expectedVersion: 0, epoch: 1, atUs: 0, events } as const;
}

/** What is said of a saga whose ledgers hold these effects and whose log says so; later effects come after its end. */
function judged(
  events: readonly SagaEvent[],
  effects: readonly string[],
  later: readonly string[] = [],
): readonly string[] {
  const factories: readonly InvariantFactory[] = [allOrNothing, statusIsTrue, nothingAfterTheEnd];
  const judge = new Judge(factories, NOWHERE, () => 0);
  const file = new OpenCase(new CaseBook(), 's-1', two);
  const log = { length: events.length, events, rows: () => [] };
  const enter = (words: string): void => {
    const [step = '', what] = words.split(' ');
    const direction = what === 'undone' ? 'compensation' : 'forward';
    judge.effect({ saga: 's-1', step, direction, round: 0, action: words }, file, 'svc');
  };
  for (const effect of effects) enter(effect);
  judge.appended(appendOf(events), log, file);
  judge.ended(log, file);
  for (const effect of later) enter(effect);
  return judge.violations.map(({ invariant }) => invariant);
}

test.each<[string, readonly SagaEvent[], readonly string[], readonly string[], readonly string[]]>([
  ['a skipped step may stand', [SKIPPED, { kind: 'saga-resolved' }], ['a done'], [], []],
  ['or be undone late', [SKIPPED, { kind: 'saga-resolved' }], ['a done'], ['a undone'], []],
  [
    'what was not skipped may not stand',
    [SKIPPED, { kind: 'saga-resolved' }],
    ['a done', 'b done'],
    [],
    ['status-is-true', 'status-is-true'],
  ],
  [
    'nor take effect later',
    [SKIPPED, { kind: 'saga-resolved' }],
    ['a done'],
    ['b done'],
    ['nothing-after-the-end'],
  ],
  ['all that was open may stand', [{ kind: 'saga-resolved', act: ACT }], ['a done'], ['a undone'], []],
  [
    'a saga that claims to be undone is not excused',
    [SKIPPED, { kind: 'saga-compensated' }],
    ['a done'],
    [],
    ['status-is-true'],
  ],
])('of a saga that a person took over, %s', (_what, events, effects, later, violated) => {
  const said = judged([...STUCK, ...events], effects, later);
  if (violated.length === 0) expect(said).toEqual([]);
  else expect(said).toEqual(expect.arrayContaining([violated[0]]));
});

const HELD_BY_A = ['it ended resolved, and locks are held by a'];
const skippedForward = (step: string): SagaEvent => ({ ...SKIPPED, step, direction: 'forward' });

test.each<[string, Parameters<typeof graph>[0], readonly SagaEvent[], readonly string[]]>([
  [
    'what would commit its own step was skipped',
    { a: {}, 'a-commit': { kind: 'retriable', after: ['a'] } },
    [asked('a'), done('a'), asked('a-commit'), skippedForward('a-commit')],
    [],
  ],
  [
    'and not when that of another was',
    {
      a: {},
      b: {},
      'a-commit': { kind: 'retriable', after: ['a', 'b'] },
      'b-commit': { kind: 'retriable', after: ['a', 'b'] },
    },
    [
      ...['a', 'b'].map(asked),
      ...['a', 'b'].map(done),
      ...['a-commit', 'b-commit'].map(asked),
      done('a-commit'),
      skippedForward('b-commit'),
    ],
    HELD_BY_A,
  ],
  [
    'and not when it was undone itself',
    { a: {}, b: { after: ['a'] } },
    [
      asked('a'),
      done('a'),
      asked('b'),
      done('b'),
      { kind: 'stop-requested', reason: { kind: 'cancelled' } },
      { kind: 'compensation-started', reason: { kind: 'cancelled' } },
      { kind: 'compensation-requested', step: 'b' },
      { kind: 'step-compensation-failed', step: 'b', failure: 'timeout', reason: 'no answer' },
      { ...SKIPPED, step: 'b' },
      { kind: 'compensation-requested', step: 'a' },
      { kind: 'step-compensated', step: 'a' },
    ],
    HELD_BY_A,
  ],
])('a lock may stay when %s', (_what, steps, work, said) => {
  const definition = graph(steps);
  const events = [CREATED, ...work, { kind: 'saga-resolved' } as const];
  const judge = new Judge([locksReleased], NOWHERE, () => 0);
  const file = new OpenCase(new CaseBook(), 's-1', definition);
  const log = { length: events.length, events, rows: () => [] };
  const lock = { is: 'taken', by: ['a'], records: ['r'] } as const;
  const entry = { saga: 's-1', step: 'a', direction: 'forward', round: 0, action: 'prepare', lock } as const;
  judge.effect(entry, file, 'svc');
  judge.appended(appendOf(events), log, file);
  judge.ended(log, file);
  expect(judge.violations.map(({ message }) => message)).toEqual(said);
});
