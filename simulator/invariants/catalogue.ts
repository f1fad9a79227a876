// Every invariant that is always on. Adding one: write its file, add its line here.

import { allOrNothing } from './all-or-nothing.ts';
import { appendBeforeSend } from './append-before-send.ts';
import { atMostOnce } from './at-most-once.ts';
import { boundedLoad } from './bounded-load.ts';
import { everySagaEnds } from './every-saga-ends.ts';
import type { InvariantFactory, Reporter } from './invariant.ts';
import { isolation } from './isolation.ts';
import { keyIsStable } from './key-is-stable.ts';
import { locksReleased } from './locks-released.ts';
import { logIsState } from './log-is-state.ts';
import { moneyConserved } from './money-conserved.ts';
import { noDeadlock } from './no-deadlock.ts';
import { noLostEvent } from './no-lost-event.ts';
import { nothingAfterTheEnd } from './nothing-after-the-end.ts';
import { NOWHERE } from './nowhere.ts';
import { oneWriter } from './one-writer.ts';
import { statusIsTrue } from './status-is-true.ts';
import { stockConserved } from './stock-conserved.ts';
import { undoOrder } from './undo-order.ts';

export const INVARIANT_FACTORIES: readonly InvariantFactory[] = [
  moneyConserved,
  stockConserved,
  allOrNothing,
  atMostOnce,
  nothingAfterTheEnd,
  undoOrder,
  statusIsTrue,
  everySagaEnds,
  logIsState,
  oneWriter,
  noLostEvent,
  keyIsStable,
  isolation,
  locksReleased,
  noDeadlock,
  boundedLoad,
  appendBeforeSend,
];

const NOBODY: Reporter = { violated: () => undefined };

/** The built-in invariants by id, with the sentence that each asserts. */
export const INVARIANTS: readonly { readonly id: string; readonly statement: string }[] =
  INVARIANT_FACTORIES.map((make) => {
    const { id, statement } = make(NOBODY, NOWHERE);
    return { id, statement };
  });
