// What people ask of a transaction: its state, its votes, who is in doubt, and what recovery did.

import { describe, expect, test } from 'vitest';
import { defineSaga, type SagaEvent, type StoredEvent } from '../../../engine/index.ts';
import { transactionView, twoPhaseCommit } from '../../../engine/two-phase-commit/index.ts';

const transfer = twoPhaseCommit(
  defineSaga({
    name: 'transfer',
    version: 1,
    steps: {
      debit: { service: 'here', action: 'debit', compensation: 'undebit' },
      credit: { service: 'there', action: 'credit', compensation: 'uncredit' },
    },
  }),
);

const CREATED: SagaEvent = {
  kind: 'saga-created',
  definition: transfer.name,
  definitionVersion: 1,
  input: {},
};
const step = (kind: 'step-requested' | 'step-applied' | 'step-compensated' | 'compensation-requested') =>
  ((name: string) => ({ kind, step: name })) as (name: string) => SagaEvent;
const [asked, yes, undone, undoing] = [
  step('step-requested'),
  step('step-applied'),
  step('step-compensated'),
  step('compensation-requested'),
];
const no = (name: string): SagaEvent => ({
  kind: 'step-rejected',
  step: name,
  failure: 'business',
  reason: 'no',
});
const lost = (name: string): SagaEvent => ({
  kind: 'step-left-unknown',
  step: name,
  failure: 'timeout',
  reason: 'no answer in time',
});
const stopped: SagaEvent = {
  kind: 'compensation-started',
  reason: { kind: 'step-failed', step: 'credit', failure: 'business', reason: 'no' },
};

/** A log; an epoch stands before the first event of each writer. */
function logOf(...events: readonly (SagaEvent | number)[]): readonly StoredEvent[] {
  let epoch = 1;
  const log: StoredEvent[] = [];
  for (const event of events) {
    if (typeof event === 'number') epoch = event;
    else log.push({ saga: 't-1', version: log.length + 1, epoch, atUs: log.length * 10, event });
  }
  return log;
}

const ALL_ASKED = [CREATED, asked('debit'), asked('credit')];

describe('a transaction', () => {
  test.each([
    ['preparing', [CREATED], ['none', 'none'], []],
    ['preparing', [...ALL_ASKED, yes('debit')], ['yes', 'unknown'], ['debit', 'credit']],
    [
      'committing',
      [
        ...ALL_ASKED,
        yes('debit'),
        yes('credit'),
        asked('debit-commit'),
        asked('credit-commit'),
        yes('debit-commit'),
      ],
      ['yes', 'yes'],
      ['credit'],
    ],
    [
      'aborting',
      [...ALL_ASKED, yes('debit'), no('credit'), stopped, undoing('debit')],
      ['yes', 'no'],
      ['debit'],
    ],
    [
      'aborting',
      [
        ...ALL_ASKED,
        yes('debit'),
        lost('credit'),
        stopped,
        undoing('debit'),
        undoing('credit'),
        undone('debit'),
      ],
      ['yes', 'unknown'],
      ['credit'],
    ],
    [
      'aborted',
      [
        ...ALL_ASKED,
        yes('debit'),
        no('credit'),
        stopped,
        undoing('debit'),
        undone('debit'),
        { kind: 'saga-compensated' },
      ],
      ['yes', 'no'],
      [],
    ],
  ] as readonly [string, readonly SagaEvent[], readonly string[], readonly string[]][])(
    'is %s',
    (state, events, votes, inDoubt) => {
      const view = transactionView(transfer, logOf(...events))!;
      expect(view.state).toBe(state);
      expect(view.votes.map(({ vote }) => vote)).toEqual(votes);
      expect(view.votes.filter(({ isInDoubt }) => isInDoubt).map((one) => one.step)).toEqual(inDoubt);
    },
  );

  test('says who voted when, and what another coordinator did after it took over', () => {
    const view = transactionView(
      transfer,
      logOf(...ALL_ASKED, yes('debit'), 4, yes('credit'), asked('debit-commit'), 7, yes('debit-commit')),
    )!;
    expect(view.transaction).toBe('t-1');
    expect(view.votes[0]).toEqual({
      step: 'debit',
      service: 'here',
      vote: 'yes',
      votedAtUs: 30,
      isInDoubt: false,
    });
    expect(view.recoveries).toEqual([
      { atUs: 40, epoch: 4, action: 'step-applied credit' },
      { atUs: 60, epoch: 7, action: 'step-applied debit-commit' },
    ]);
  });

  test('is not there without a log', () => {
    expect(transactionView(transfer, [])).toBeUndefined();
  });
});
