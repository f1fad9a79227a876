// The saga's timeout is shorter than the retries of one step. When it fires, the step that waits for its next
// attempt has neither succeeded nor failed; the loop around it is gone, and with it that an attempt may have been
// carried out. A saga engine in Go: the saga's timeout is one number, the step's timeout and its retries are others, and
// nobody adds them up. sagastorm refuses such a deadline when the saga is defined (E12); here its check is taken
// out.

import {
  advance,
  defineSaga,
  type Policy,
  policies,
  type SagaEvent,
  type SagaState,
} from '../../engine/index.ts';
import { seenAs } from './mistaken-view.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { basket, basketSteps, shop } from './shop.ts';

const NAME = 'ends-between-attempts';
const { callTimeoutUs } = policies.default;

/** The default policy, without the check that a saga's retries fit in its deadline. */
const unchecked: Policy = {
  name: 'unchecked',
  callTimeoutUs,
  retryDelayUs: (failed) => policies.default.retryDelayUs(failed),
  budgetUs: (...of) => policies.default.budgetUs(...of),
  check: () => undefined,
};

const hurried = defineSaga({
  name: 'hurried-basket',
  version: 1,
  deadlineMs: 3_000,
  policy: unchecked,
  steps: basketSteps,
});

class EndsBetweenAttempts extends PlainEngine {
  /** When time is up, a step that has not succeeded has failed. */
  protected override follows(state: SagaState): readonly SagaEvent[] {
    if (state.reason?.kind !== 'deadline') return advance(state);
    const undecided = (status: string): boolean => ['running', 'retrying', 'unknown'].includes(status);
    return advance(seenAs(state, ({ status }) => (undecided(status) ? 'rejected' : status)));
  }
}

export const bug = plantedBug({
  how: 'The deadline falls between two attempts of a step, which then counts as failed and is not undone',
  mended:
    'A step that was tried and has no outcome is in doubt, also between two attempts, and is undone (E2)',
  lookFor:
    'Let the deadline fall while a step waits for its next attempt. Its first attempt may have happened: it must be undone.',
  reading: 'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987',
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: ['drop-reply', 'delay-reply', 'delay-request'],
  seenIn: 'a saga engine in Go (Saga.Timeout beside SagaStep.Timeout and MaxRetries)',
  wrong: shop({
    name: NAME,
    title: 'A deadline of 3 s around calls that may take 10 s each',
    saga: hurried,
    engine: (options) => new EndsBetweenAttempts(options),
  }),
  right: shop({ name: `${NAME}-corrected`, title: `${NAME}, done right`, saga: basket }),
});

export default bug.wrong;
