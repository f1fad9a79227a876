// no-deadlock. Judged from what participants answer: who meets a semantic lock is told whose it is, and waits when it may
// ask again. When sagas wait for one another in a circle none of them gets on until one gives up and is undone. (The
// locks of two-phase commit do not come here: there a limit of waiting decides, and a participant says no more than
// "locked".)

import { type Call, isFinal, type LedgerEntry, type Outcome } from '../../engine/core/protocol.ts';
import type { SagaEvent } from '../../engine/core/saga.ts';
import type { CaseFile, Invariant, InvariantFactory, Reporter } from './invariant.ts';

export const noDeadlock: InvariantFactory = (report) => new DeadlockWatch(report);

/** A step that was told to ask again, since `holder` has the records locked. */
interface Wait {
  readonly saga: string;
  readonly step: string;
  readonly holder: string;
  readonly reason: string;
}

class DeadlockWatch implements Invariant {
  readonly id = 'no-deadlock';
  readonly statement = 'Sagas never wait for one another in a circle';
  readonly #report: Reporter;
  /** By the saga that waits, by step. */
  readonly #waits = new Map<string, Map<string, Wait>>();
  /** By the saga that is waited for. */
  readonly #waiting = new Map<string, Set<Wait>>();
  #exercised = false;

  constructor(report: Reporter) {
    this.#report = report;
  }

  isExercised(): boolean {
    return this.#exercised;
  }

  readonly onOutcome = ({ saga, step, direction }: Call, outcome: Outcome, file: CaseFile): void => {
    if (direction !== 'forward') return;
    if (this.#waits.size > 0) this.#endOf(saga, step);
    if (outcome.kind !== 'rejected' || outcome.heldBy === undefined) return;
    this.#exercised = true;
    if (isFinal(outcome.failure) || !mayGoOn(file, step)) return;
    const wait: Wait = { saga, step, holder: outcome.heldBy, reason: outcome.reason };
    this.#begin(wait);
    const circle = this.#circleFrom(wait);
    if (circle === undefined) return;
    const told = circle.map((one) => `${one.saga} in ${one.step} (${one.reason})`).join(', ');
    this.#report.violated(`${circle.length} sagas wait for one another: ${told}`, file);
  };

  /** Who gives locks back is waited for no more, until those who ask again are told otherwise. */
  readonly onEffect = ({ saga, lock }: LedgerEntry): void => {
    if (lock?.is !== 'released') return;
    for (const wait of this.#waiting.get(saga) ?? []) this.#endOf(wait.saga, wait.step);
  };

  readonly onAppended = (append: { readonly saga: string; readonly events: readonly SagaEvent[] }): void => {
    if (this.#waits.size === 0) return;
    if (!append.events.some(({ kind }) => kind === 'stop-requested' || kind === 'compensation-started'))
      return;
    for (const step of [...(this.#waits.get(append.saga)?.keys() ?? [])]) this.#endOf(append.saga, step);
  };

  readonly onEnded = (_ending: unknown, _log: unknown, { saga }: CaseFile): void => {
    if (this.#waits.size === 0) return;
    for (const step of [...(this.#waits.get(saga)?.keys() ?? [])]) this.#endOf(saga, step);
  };

  #begin(wait: Wait): void {
    const waits = this.#waits.get(wait.saga) ?? new Map<string, Wait>();
    this.#waits.set(wait.saga, waits.set(wait.step, wait));
    const waiting = this.#waiting.get(wait.holder) ?? new Set<Wait>();
    this.#waiting.set(wait.holder, waiting.add(wait));
  }

  #endOf(saga: string, step: string): void {
    const waits = this.#waits.get(saga);
    const wait = waits?.get(step);
    if (waits === undefined || wait === undefined) return;
    waits.delete(step);
    if (waits.size === 0) this.#waits.delete(saga);
    const waiting = this.#waiting.get(wait.holder)!;
    waiting.delete(wait);
    if (waiting.size === 0) this.#waiting.delete(wait.holder);
  }

  /** The way from this wait back to its own saga, if there is one. */
  #circleFrom(first: Wait): readonly Wait[] | undefined {
    const seen = new Set<string>();
    const search = (wait: Wait): readonly Wait[] | undefined => {
      if (wait.holder === first.saga) return [wait];
      if (seen.has(wait.holder)) return undefined;
      seen.add(wait.holder);
      for (const next of this.#waits.get(wait.holder)?.values() ?? []) {
        const rest = search(next);
        if (rest !== undefined) return [wait, ...rest];
      }
      return undefined;
    };
    return search(first);
  }
}

/** A copy of a call may come when its saga no longer asks: it waits for nothing. */
function mayGoOn(file: CaseFile, step: string): boolean {
  const { definition, ending } = file;
  if (ending !== undefined) return false;
  return definition.steps.every(
    ({ index, name }) =>
      file.intended(index, 'compensation') === 0 && (name !== step || file.applied(index) === 0),
  );
}
