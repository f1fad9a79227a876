// Small scenarios with something to hurt that the shipped ones do not have: a participant with two commits, one with
// memory that a restart wipes out, and a saga of which there are two versions.

import { defineSaga, type Participant } from '../../../engine/index.ts';
import { bank, inventory } from '../../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../../simulator/index.ts';

type Shelf = ReturnType<typeof inventory>;

function reserve(item: string) {
  const payload = () => ({ productId: item, quantity: 1 });
  return { service: 'inventory', action: 'reserve', compensation: 'release', payload };
}

const order = defineSaga({
  name: 'order',
  version: 1,
  deadlineMs: 300_000,
  steps: { lamp: reserve('lamp'), chair: { ...reserve('chair'), after: ['lamp'] } },
});
const longer = defineSaga({
  name: 'order',
  version: 2,
  deadlineMs: 300_000,
  steps: {
    lamp: reserve('lamp'),
    chair: { ...reserve('chair'), after: ['lamp'] },
    table: { ...reserve('table'), after: ['chair'] },
  },
});

/** Chairs run out, so that there is something to undo. */
function shelf(sagas: number): Shelf {
  return inventory({ items: { lamp: sagas, chair: Math.ceil(sagas / 2), table: sagas } });
}

function scenario(name: string, wrap: (inner: Shelf) => Shelf): Scenario {
  return defineScenario({
    name,
    title: 'A lamp and a chair',
    sagas: [order],
    participants: ({ sagas }) => ({ inventory: wrap(shelf(sagas)) }),
    workload: () => ({ saga: order, input: {} }),
  });
}

/** Writes into its journal what it is about to do, commits that, and then does it. */
export const journalled = scenario('journalled', (inner) => ({
  ...inner,
  handle: (call, env) => {
    env.commit();
    return inner.handle(call, env);
  },
}));

/** Knows from memory what it answered; what it remembers for good stands behind that. */
export const cached = scenario('cached', (inner) => {
  const answers = new Map<string, ReturnType<Shelf['handle']>>();
  return {
    ...inner,
    handle: (call, env) => {
      const answer = answers.get(call.key) ?? inner.handle(call, env);
      if (answer.kind === 'applied') answers.set(call.key, answer);
      return answer;
    },
    restart: () => answers.clear(),
  };
});

/** A bank that answers 500 to everything. */
export function alwaysBroken(): Participant {
  const { actions, ledger } = bank({ accounts: 100, openingBalance: 1_000_00 });
  return {
    actions,
    ledger,
    handle: () => ({ kind: 'unknown', failure: 'transient', reason: 'internal server error' }),
  };
}

export const twoVersions = defineScenario({
  name: 'two-versions',
  title: 'A lamp, a chair and, since the last version, a table',
  sagas: [order, longer],
  participants: ({ sagas }) => ({ inventory: shelf(sagas) }),
  workload: () => ({ saga: longer, input: {} }),
});
