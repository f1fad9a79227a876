// People's acts on sagas, one by one and many at once: what each comes to, or, of a dry run, would come to.
//
// R1. A dry run asks the same pure function that the engine asks, of the log as it stands: what it foresees comes true unless
//     something happens in between.
// R2. Many at once are a page: bounded, in a stable order, each saga with a result of its own; one that fails stops no other.
//     The act has one id on all of them, so the same page asked for again does nothing twice.
// R3. Who acts is who showed the token; the name that the asker gives stands before it.

import type { StoredEvent } from '../core/ports.ts';
import { decideRepair } from '../core/repair.ts';
import { checkAct, type RepairAct, type RepairKind, TAKES_OVER } from '../core/repair-act.ts';
import { isChosen, type RepairSelection, statusesFor } from '../core/repair-selection.ts';
import { type SagaState, withConsequences } from '../core/saga.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import { UserError } from '../core/user-error.ts';
import { type LiveEngine, liveNowUs, type SagaCatalogue, troubledSagas } from '../live/index.ts';
import { type DiagnosisClass, diagnoseAll } from '../observe/index.ts';
import { type Caller, requireRole } from './access.ts';
import { bad } from './problem.ts';
import { servicesBy } from './saga-services.ts';

const AT_ONCE = 16;
const BESIDE = { hours: 24, sagasMax: 500 };

/** `foreseen`: a dry run, and it would be done. `failed`: it could not be asked; to be asked again, here or elsewhere. */
export type RepairOutcome = 'done' | 'done-before' | 'refused' | 'foreseen' | 'failed';

export interface RepairResult {
  readonly saga: string;
  /** Before the act. */
  readonly status: SagaStatus | null;
  readonly result: RepairOutcome;
  /** Why it was refused, or failed. */
  readonly reason: string | null;
  /** What the log says next, of a dry run: kinds of events with their steps. */
  readonly events: readonly string[];
}

/** Which sagas; all conditions hold together. */
export interface RepairFilter extends RepairSelection {
  readonly cause?: DiagnosisClass | undefined;
}

export interface ManyRepairs {
  readonly act: RepairAct;
  /** By id, or by a filter with a page. */
  readonly which: readonly string[] | { readonly filter: RepairFilter; readonly cursor: string | undefined };
  /** Sagas that are looked at; from 1 to PAGE_MAX. */
  readonly limit: number;
  readonly isDryRun: boolean;
}

export class Repairs {
  readonly #engine: LiveEngine;
  readonly #catalogue: SagaCatalogue;

  constructor(engine: LiveEngine, catalogue: SagaCatalogue) {
    this.#engine = engine;
    this.#catalogue = catalogue;
  }

  /** @throws UserError those of `LiveEngine.repair`; `unknown-definition` for a dry run */
  async one(log: readonly StoredEvent[], act: RepairAct, isDryRun: boolean): Promise<RepairResult> {
    const saga = log[0]!.saga;
    const state = this.#engine.fold(log)!;
    const { status } = state;
    if (isDryRun) return foreseen(state, act);
    const answer = await this.#engine.repair(saga, act);
    const reason = answer.kind === 'refused' ? answer.reason : null;
    return { saga, status, result: answer.kind, reason, events: [] };
  }

  /** R2. @throws UserError `bad-act`, `store-failed` */
  async many({ act, which, limit, isDryRun }: ManyRepairs): Promise<{
    readonly results: readonly RepairResult[];
    /** Of the next page; undefined after the last. */
    readonly next: string | undefined;
  }> {
    checkAct(act);
    const { logs, next } = isList(which)
      ? { logs: await this.#logs(which), next: undefined }
      : await this.#found(act.act, which.filter, which.cursor, limit);
    const results = await inTurns(logs, ({ saga, log }) => this.#try(saga, log, act, isDryRun));
    return { results, next };
  }

  async #try(
    saga: string,
    log: readonly StoredEvent[],
    act: RepairAct,
    isDryRun: boolean,
  ): Promise<RepairResult> {
    try {
      if (log.length === 0) return failed(saga, 'refused', 'there is no such saga');
      return await this.one(log, act, isDryRun);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { message, hint } = error;
      return failed(saga, 'failed', hint === undefined ? message : `${message}. ${hint}`);
    }
  }

  async #found(
    kind: RepairKind,
    { cause, ...selection }: RepairFilter,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly logs: readonly Found[]; readonly next: string | undefined }> {
    const { definition } = selection;
    const page = await this.#catalogue.find({
      statuses: statusesFor(kind, selection),
      limit,
      ...(definition === undefined ? {} : { definition }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const all = await this.#logs(page.sagas.map(({ saga }) => saga));
    const nowUs = liveNowUs();
    const chosen = all.filter(({ log }) => isChosen(kind, selection, log, nowUs));
    return { logs: cause === undefined ? chosen : await this.#caused(chosen, cause), next: page.next };
  }

  async #caused(found: readonly Found[], cause: DiagnosisClass): Promise<readonly Found[]> {
    const { logs, others, nowUs } = await troubledSagas(this.#catalogue, BESIDE);
    const asked = new Set(found.map(({ saga }) => saga));
    const diagnoses = diagnoseAll({
      logs: found.map(({ log }) => log),
      others: [...logs, ...others].filter(([first]) => first !== undefined && !asked.has(first.saga)),
      servicesOf: (log) => servicesBy(this.#engine, log),
      nowUs,
    });
    const matching = new Set(diagnoses.filter((one) => one.class === cause).map(({ saga }) => saga));
    return found.filter(({ saga }) => matching.has(saga));
  }

  #logs(sagas: readonly string[]): Promise<readonly Found[]> {
    return inTurns(sagas, async (saga) => ({ saga, log: await this.#catalogue.logOf(saga) }));
  }
}

interface Found {
  readonly saga: string;
  readonly log: readonly StoredEvent[];
}

function isList(which: ManyRepairs['which']): which is readonly string[] {
  return Array.isArray(which);
}

/** R1. */
function foreseen(state: SagaState, act: RepairAct): RepairResult {
  checkAct(act);
  const { saga, status } = state;
  const repair = decideRepair(state, act, liveNowUs());
  if (repair.kind === 'refused')
    return { saga, status, result: 'refused', reason: repair.reason, events: [] };
  if (repair.kind === 'done-before') return { saga, status, result: 'done-before', reason: null, events: [] };
  const events = withConsequences(state, repair.events);
  const words = events.map((event) => ('step' in event ? `${event.kind} ${event.step}` : event.kind));
  return { saga, status, result: 'foreseen', reason: null, events: words };
}

function failed(saga: string, result: RepairOutcome, reason: string): RepairResult {
  return { saga, status: null, result, reason, events: [] };
}

/** In order, so many at a time. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await act(items[i]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** `skip` and `resolve` give up what the engine guarantees: they are for `admin`. @throws Problem 403 `not-allowed` */
export function requireRoleFor(act: RepairKind, caller: Caller | undefined): void {
  requireRole(caller, TAKES_OVER.has(act) ? 'admin' : 'operate', false);
}

/** R3. @throws Problem 400 `bad-act` where nobody can be known and none is named */
export function actorOf(by: string | undefined, caller: Caller | undefined, isOpen: boolean): string {
  if (!isOpen && caller !== undefined) return by === undefined ? caller.name : `${by} (${caller.name})`;
  if (by !== undefined) return by;
  throw bad('a repair needs the name of who does it', 'Give it as `by`.', 'bad-act');
}
