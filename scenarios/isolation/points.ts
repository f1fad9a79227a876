// Points are awarded for what customers do, and taken back when it comes to nothing. Who looks at the balance, adds, and writes it back
// loses what others added in between. The countermeasure is to make the update commutative: add, and take away, and rely on
// nothing; then there is nothing to lock and nothing to refuse.

import { type Call, defineSaga, type Outcome } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, askedOf, guarded, RecordService } from './records.ts';

interface Award {
  readonly record: string;
  readonly amount: number;
  /** What the balance was when it was looked at; left out by who adds. */
  readonly was?: number;
}

class Points extends RecordService {
  readonly actions = ['look', 'award', 'revoke'];

  apply(call: Call): Outcome {
    const { record, amount, was } = askedOf<Award>(call);
    if (call.action === 'look') return { kind: 'applied', result: { points: this.values.get(record) } };
    if (was === undefined) this.values.add(call, record, amount);
    else this.values.update(call, record, was + amount, was);
    return APPLIED;
  }

  undo(call: Call): Outcome {
    const { record, amount } = askedOf<Award>(call);
    this.values.add(call, record, -amount);
    return APPLIED;
  }
}

export interface PointsSpec {
  readonly name: string;
  readonly title: string;
  /** Whether points are added, instead of a balance written. */
  readonly adds: boolean;
  readonly sagasPerRun?: number;
}

/** The scenario, with and without a commutative update. */
export function points({ name, title, adds, sagasPerRun = 100 }: PointsSpec): Scenario {
  const award = defineSaga<Award, 'look' | 'award' | 'notify'>({
    name: 'award',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      look: { service: 'points', action: 'look', effects: 'none' },
      award: {
        service: 'points',
        action: 'award',
        compensation: 'revoke',
        after: ['look'],
        payload: ({ input, results }) =>
          adds ? input : { ...input, was: (results.look as { readonly points: number }).points },
        ...(adds ? { isolation: { kind: 'commutative-update' } } : {}),
      },
      notify: { service: 'mail', action: 'create', compensation: 'cancel', after: ['award'] },
    },
  });
  return defineScenario({
    name,
    title,
    sagas: [award],
    sagasPerRun,
    participants: () => ({
      points: guarded(new Points()),
      mail: guarded(new Registry({ noun: 'mail', createFails: { permille: 300 } })),
    }),
    workload: ({ count, int }) => ({
      saga: award,
      input: {
        record: `customer-${int('customer', Math.ceil(count / 5))}`,
        amount: 10 * (1 + int('amount', 3)),
      },
    }),
  });
}

export default points({ name: 'points', title: 'Points are added and taken back, in any order', adds: true });
