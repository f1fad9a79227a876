// The invariants of a scenario's own: who they are, looked at when the scenario is declared, and whose mistake it is when
// one of them throws.

import type { Participant } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { INVARIANT_FACTORIES, INVARIANTS } from './catalogue.ts';
import type { Invariant, InvariantFactory, Reporter, WorldView } from './invariant.ts';
import { HOOKS } from './judge.ts';
import { NOWHERE } from './nowhere.ts';
import { asking } from './scenario-mistake.ts';

/** Who an invariant is. */
export type Described = Pick<Invariant, 'id' | 'statement'>;

const NOBODY: Reporter = { violated: () => undefined };

/** Asks each who it is: that is only known once it is made. */
export function describeInvariants(
  factories: readonly InvariantFactory[],
  participants: Readonly<Record<string, Participant>>,
): readonly Described[] {
  return factories.map((make) => answeringFor(make)(NOBODY, { ...NOWHERE, participants }));
}

/**
 * Refuses invariants that cannot be told apart in a report.
 *
 * @throws UserError `bad-invariant`
 */
export function checkInvariants(scenario: string, described: readonly Described[]): void {
  const taken = new Set(INVARIANTS.map(({ id }) => id));
  for (const { id, statement } of described) {
    const where = `scenario "${scenario}": an invariant`;
    if (typeof id !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
      throw new UserError(
        'bad-invariant',
        `${where} has the id ${String(JSON.stringify(id))}, which is not kebab-case`,
        'Use an id such as "one-invoice-per-order".',
      );
    }
    if (taken.has(id)) {
      const whose = INVARIANTS.some((known) => known.id === id) ? 'a built-in one' : 'another one';
      throw new UserError('bad-invariant', `${where} has the id "${id}" of ${whose}`, 'Give it its own.');
    }
    if (typeof statement !== 'string' || statement === '') {
      throw new UserError(
        'bad-invariant',
        `scenario "${scenario}": invariant "${id}" has no statement`,
        'Say in one sentence what is true when it holds.',
      );
    }
    taken.add(id);
  }
}

/** The built-in invariants and a scenario's own. */
export function withOwn(own: readonly InvariantFactory[]): readonly InvariantFactory[] {
  return [...INVARIANT_FACTORIES, ...own.map(answeringFor)];
}

/** The same invariant, but what it throws is said to be its own mistake. It sees the participants that its scenario made. */
function answeringFor(make: InvariantFactory): InvariantFactory {
  return (report, all) => {
    const world = asItsScenarioMadeIt(all);
    const invariant = asking('an invariant of the scenario, when it was made,', () => make(report, world));
    const { id, statement } = (invariant ?? {}) as Invariant;
    const guarded: Record<string, unknown> = { id, statement };
    for (const hook of [...HOOKS, 'isExercised'] as const) {
      const asked = invariant?.[hook] as ((...args: unknown[]) => unknown) | undefined;
      if (asked === undefined) continue;
      guarded[hook] = (...args: unknown[]) => asking(`invariant "${id}"`, () => asked.apply(invariant, args));
    }
    if (invariant?.onQuiescence !== undefined)
      guarded.onQuiescence = () => asking(`invariant "${id}"`, () => invariant.onQuiescence!(world));
    return guarded as unknown as Invariant;
  };
}

/** Without what stands before participants under another protocol. */
function asItsScenarioMadeIt(world: WorldView): WorldView {
  const all = Object.entries(world.participants);
  if (all.every(([, { inner }]) => inner === undefined)) return world;
  return {
    participants: Object.fromEntries(all.map(([service, one]) => [service, one.inner ?? one])),
    files: () => world.files(),
    log: (saga) => world.log(saga),
    epochOf: (saga) => world.epochOf(saga),
    isRefused: (saga) => world.isRefused(saga),
    policyOf: (definition) => world.policyOf(definition),
    nowUs: () => world.nowUs(),
    healAtUs: world.healAtUs,
  };
}
