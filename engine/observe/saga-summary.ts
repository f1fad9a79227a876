// How many sagas stand where, and since when: the view `saga_state_summary` that guides for on call make as a materialized view
// of a table of sagas, as a projection of the log. Pure.
//
// Y1. Shown is what is open, what waits for a person, and what failed: that view's RUNNING, COMPENSATING and FAILED. What it
//     calls a state is here where a saga stands and the step that its last event was about.
// Y2. Remembered is, besides, what was compensated: a person may begin it anew, and then it is shown again, with its age. What
//     completed or was resolved is over for good, and forgotten; so the view is as large as the trouble, not as the log.
// Y3. A materialized view's average age is as of the moment of its last refresh, and grows stale in between. Here the view keeps when
//     each saga was created, and ages are as of the moment of the question.

import type { SagaStatus, StoredEvent } from '../core/saga-event.ts';
import { statusFrom } from '../core/saga-standing.ts';
import { isEnded } from '../core/saga-state.ts';
import { UserError } from '../core/user-error.ts';
import type { ProjectionSpec } from '../event-sourcing/projection.ts';

/** A saga as the summary knows it. */
interface SummarySaga {
  readonly definition: string;
  readonly createdAtUs: number;
  version: number;
  status: SagaStatus;
  step: string;
}

/** The view of {@link sagaStateSummary}: sagas by their ids (Y2). */
export type SagaSummary = Map<string, SummarySaga>;

/** Sagas of one definition that stand in one place. Times in microseconds since 1970, by the clocks of the writers. */
export interface SummaryRow {
  /** What tables of sagas call `saga_type`. */
  readonly definition: string;
  readonly status: SagaStatus;
  /** The step that the last event was about; empty before the first step. */
  readonly step: string;
  readonly count: number;
  /** From creation to the moment of the question, on average, in microseconds; not below 0. */
  readonly averageAgeUs: number;
  readonly oldestCreatedAtUs: number;
  readonly newestCreatedAtUs: number;
}

type SummaryJson = readonly (readonly [string, string, number, number, SagaStatus, string])[];

/**
 * How many sagas stand where, and since when (`saga_state_summary` in guides for on call): to be folded from all events of a
 * store.
 *
 * @example
 * const { view } = await projectSagas(store, sagaStateSummary);
 * summaryRows(view, liveNowUs()); // [{ definition: 'order', status: 'running', step: 'charge', count: 12, … }]
 */
export const sagaStateSummary: ProjectionSpec<SagaSummary, StoredEvent> = {
  name: 'saga-state-summary',
  version: 1,
  empty: () => new Map(),
  apply(view, { saga, version, atUs, event }) {
    if (event.kind === 'saga-created') {
      const { definition } = event;
      if (view.has(saga)) throw damagedLog(saga, version);
      view.set(saga, { definition, createdAtUs: atUs, version, status: 'running', step: '' });
      return view;
    }
    const known = view.get(saga);
    if (known?.version !== version - 1) throw damagedLog(saga, version);
    known.version = version;
    if ('step' in event) known.step = event.step;
    known.status = statusFrom(event) ?? known.status;
    if (known.status === 'completed' || known.status === 'resolved') view.delete(saga); // Y2
    return view;
  },
  toJson: (view): SummaryJson =>
    [...view].map(([saga, { definition, createdAtUs, version, status, step }]) => [
      saga,
      definition,
      createdAtUs,
      version,
      status,
      step,
    ]),
  fromJson: (json) =>
    new Map(
      (json as SummaryJson).map(([saga, definition, createdAtUs, version, status, step]) => [
        saga,
        { definition, createdAtUs, version, status, step },
      ]),
    ),
};

/**
 * What the summary shows, ordered by definition, status and step.
 *
 * @param nowUs what ages are counted to, in microseconds since 1970
 */
export function summaryRows(view: SagaSummary, nowUs: number): readonly SummaryRow[] {
  const shown = [...view.values()].filter(({ status }) => !isEnded(status) || status === 'failed'); // Y1
  const groups = Map.groupBy(shown, ({ definition, status, step }) =>
    JSON.stringify([definition, status, step]),
  );
  const rows = [...groups.values()].map((sagas): SummaryRow => {
    const { definition, status, step } = sagas[0]!;
    const count = sagas.length;
    const row = { definition, status, step, count };
    let oldestCreatedAtUs = Infinity;
    let newestCreatedAtUs = -Infinity;
    let agesUs = 0;
    for (const { createdAtUs } of sagas) {
      oldestCreatedAtUs = Math.min(oldestCreatedAtUs, createdAtUs);
      newestCreatedAtUs = Math.max(newestCreatedAtUs, createdAtUs);
      agesUs += Math.max(0, nowUs - createdAtUs);
    }
    return { ...row, averageAgeUs: Math.round(agesUs / count), oldestCreatedAtUs, newestCreatedAtUs };
  });
  return rows.sort((a, b) => compare(keyOf(a), keyOf(b)));
}

function keyOf({ definition, status, step }: SummaryRow): string {
  return `${definition}\0${status}\0${step}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** No engine writes such a log: it was changed, or the disk lost a part of it. */
function damagedLog(saga: string, version: number): UserError {
  const hint = 'Put a backup in the place of the store with `sagastorm store restore`.';
  return new UserError('bad-log', `the log of saga ${saga} is damaged: event ${version} follows none`, hint);
}
