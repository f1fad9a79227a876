// A customer moves, and moves again. Each request has a number, and its saga takes its time: the second may be written before the
// first, and the first may be undone after the second. What counts is the last address that stands. The countermeasure is a
// version file: all changes are kept by their numbers, so that their order no longer matters (Frank and Zahle, 1998).

import { type Applied, type Call, defineSaga, type Outcome } from '../../engine/index.ts';
import { demandOf, VersionFiles } from '../../engine/isolation/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, askedOf, guarded, RecordService } from './records.ts';

interface Move {
  readonly record: string;
  readonly request: number;
}

/** Customers and the number of the request that their address comes from. Without a place a call overwrites, and an undo restores. */
class Addresses extends RecordService {
  readonly actions = ['move', 'move-back'];
  readonly #files = new VersionFiles<string>();
  readonly #shown = new Map<string, number>();

  apply(call: Call): Outcome {
    const { record, request } = askedOf<Move>(call);
    const before = this.#shown.get(record) ?? 0;
    const place = demandOf(call)?.place;
    if (place === undefined) this.#show(call, request);
    else {
      this.#files.put(record, { place, by: call.saga, change: `address-${request}` });
      this.#show(call, this.#files.last(record)!.place);
    }
    return { kind: 'applied', result: { before } };
  }

  undo(call: Call, { result }: Applied): Outcome {
    const { record } = askedOf<Move>(call);
    const place = demandOf(call)?.place;
    if (place === undefined) this.#show(call, (result as { readonly before: number }).before);
    else {
      this.#files.drop(record, { place, by: call.saga });
      this.#show(call, this.#files.last(record)?.place ?? 0);
    }
    return APPLIED;
  }

  #show(call: Call, written: number): void {
    const { record, request } = askedOf<Move>(call);
    this.#shown.set(record, written);
    this.ledger.note(call, [{ record, place: request, written }]);
  }
}

export interface Address {
  readonly name: string;
  readonly title: string;
  /** Whether the changes are kept in a version file. */
  readonly files: boolean;
  readonly sagasPerRun?: number;
}

/** The scenario, with and without a version file. */
export function address({ name, title, files, sagasPerRun = 100 }: Address): Scenario {
  const move = defineSaga<Move, 'move' | 'letter'>({
    name: 'move',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      move: {
        service: 'addresses',
        action: 'move',
        compensation: 'move-back',
        ...(files ? { isolation: { kind: 'version-file', place: ({ input }) => input.request } } : {}),
      },
      letter: { service: 'letters', action: 'create', compensation: 'cancel', after: ['move'] },
    },
  });
  return defineScenario({
    name,
    title,
    sagas: [move],
    sagasPerRun,
    participants: () => ({
      addresses: guarded(new Addresses()),
      letters: guarded(new Registry({ noun: 'letter', createFails: { permille: 300 } })),
    }),
    workload: ({ index, count, int }) => ({
      saga: move,
      input: { record: `customer-${int('customer', Math.ceil(count / 5))}`, request: index + 1 },
    }),
  });
}

export default address({
  name: 'address',
  title: 'Customers move, and move again: changes by their numbers, in a version file',
  files: true,
});
