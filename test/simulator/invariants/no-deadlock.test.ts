// Who waits for whom: that a circle is found when it closes, whatever its length, and that who has given up, has been let
// through, or has ended waits for nobody.

import { describe, expect, test } from 'vitest';
import { type Call, defineSaga, type Outcome } from '../../../engine/index.ts';
import { CaseBook, OpenCase } from '../../../simulator/invariants/case-book.ts';
import { noDeadlock } from '../../../simulator/invariants/no-deadlock.ts';
import { NOWHERE } from '../../../simulator/invariants/nowhere.ts';

const step = { service: 's', action: 'do', compensation: 'undo' };
const definition = defineSaga({ name: 'd', version: 1, steps: { a: step, b: step } });
const LOG = { length: 0, events: [], rows: () => [] };

function world() {
  const said: string[] = [];
  const book = new CaseBook();
  const files = new Map<string, OpenCase>();
  const invariant = noDeadlock({ violated: (message) => said.push(message) }, NOWHERE);
  const fileOf = (saga: string): OpenCase => {
    const file = files.get(saga) ?? new OpenCase(book, saga, definition);
    files.set(saga, file);
    return file;
  };
  const hears = (saga: string, outcome: Outcome, name = 'a'): void =>
    invariant.onOutcome!({ saga, step: name, direction: 'forward' } as Call, outcome, fileOf(saga));
  return {
    said,
    hears,
    isExercised: () => invariant.isExercised!(),
    waits: (saga: string, heldBy: string, name?: string) =>
      hears(saga, { kind: 'rejected', failure: 'transient', reason: `of ${heldBy}`, heldBy }, name),
    dies: (saga: string, heldBy: string) =>
      hears(saga, { kind: 'rejected', failure: 'business', reason: `of ${heldBy}`, heldBy }),
    releases: (saga: string) =>
      invariant.onEffect!(
        {
          saga,
          step: 'a',
          direction: 'forward',
          round: 0,
          action: 'end',
          lock: { is: 'released', by: ['a'], records: [] },
        },
        definition.steps[0]!,
        fileOf(saga),
        's',
      ),
    givesUp: (saga: string) => {
      fileOf(saga).markIntended('a', 'compensation');
      const events = [{ kind: 'stop-requested', reason: { kind: 'cancelled' } }];
      invariant.onAppended!({ saga, events } as never, LOG, fileOf(saga));
    },
    ends: (saga: string) => {
      const file = fileOf(saga);
      file.ending = { status: 'compensated', state: {} as never, illegal: undefined };
      invariant.onEnded!(file.ending, LOG, file);
    },
  };
}

describe('a circle', () => {
  test('of two is found when it closes', () => {
    const { waits, said } = world();
    waits('A', 'B');
    expect(said).toEqual([]);
    waits('B', 'A');
    expect(said).toEqual(['2 sagas wait for one another: B in a (of A), A in a (of B)']);
  });

  test('of many is found, past those who wait outside of it', () => {
    const { waits, said } = world();
    for (const [saga, holder] of ['AB', 'BC', 'CD', 'XA', 'YX']) waits(saga!, holder!);
    waits('C', 'E', 'b');
    expect(said).toEqual([]);
    waits('D', 'A');
    expect(said[0]).toMatch(/^4 sagas wait/);
  });

  test('that others have closed is not told again by who waits for one of them', () => {
    const { waits, said } = world();
    for (const [saga, holder] of ['AB', 'BA', 'XA']) waits(saga!, holder!);
    expect(said).toHaveLength(1);
  });
});

describe('nobody waits', () => {
  test.each([
    ['who is let through', (w: ReturnType<typeof world>) => w.hears('A', { kind: 'applied' })],
    ['who is refused for good', (w: ReturnType<typeof world>) => w.dies('A', 'B')],
    ['who has given up', (w: ReturnType<typeof world>) => w.givesUp('A')],
    ['who has ended', (w: ReturnType<typeof world>) => w.ends('A')],
    ['for whom the lock was given free', (w: ReturnType<typeof world>) => w.releases('B')],
  ])('%s', (_, ends) => {
    const w = world();
    w.waits('A', 'B');
    ends(w);
    w.waits('B', 'A');
    expect(w.said).toEqual([]);
  });

  test.each(['givesUp', 'ends'] as const)('whose copy of a call comes when it %s already', (how) => {
    const w = world();
    w[how]('A');
    w.waits('A', 'B');
    w.waits('B', 'A');
    expect(w.said).toEqual([]);
  });

  test('who met no lock: then there was nothing to judge', () => {
    const { hears, waits, isExercised } = world();
    hears('A', { kind: 'rejected', failure: 'transient', reason: 'busy' });
    expect(isExercised()).toBe(false);
    waits('A', 'B');
    expect(isExercised()).toBe(true);
  });
});
