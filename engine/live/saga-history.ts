// What all sagas of a store went through, in one order, for views that are folded from it; and the views themselves, kept in
// the store, so that a backup has both. Every live store has it.
//
// H1. Nothing comes late: what was appended before a reading began is in it or was in an earlier one, and what comes after
//     is after its place. So a view that goes on from a place misses nothing and counts nothing twice.
// H2. The events of one saga come in the order of their versions.
// H3. Sagas that are removed take their events with them, and a view cannot know. So a place tells how often sagas had been
//     removed; when that is another number now, reading begins anew, and says so.
// H4. View and place are kept at once. Of two who bring a view up to date at the same time, either may come last: what is
//     kept is right as of its place.

import type { StoredEvent } from '../core/ports.ts';
import { UserError } from '../core/user-error.ts';
import type { ProjectionSpec } from '../event-sourcing/projection.ts';

/** How far a reader has come. */
export interface HistoryPlace {
  /** Of the last append that was read; in the order of the store, not without gaps. */
  readonly position: number;
  /** H3. */
  readonly removals: number;
}

/** Some events, oldest first. */
export interface HistoryPage {
  /** The first page of a reading from the beginning: what was folded before does not count any more (H3). */
  readonly isFresh: boolean;
  readonly place: HistoryPlace;
  readonly events: readonly StoredEvent[];
}

/** A view of the log as it is kept. */
export interface KeptView {
  /** Of its projection. */
  readonly version: number;
  readonly place: HistoryPlace;
  /** The view, as JSON. */
  readonly json: string;
}

/** Where the events of all sagas can be read in one order, and views of them are kept. */
export interface SagaHistory {
  /**
   * All events after a place, as of when the first page is asked for; at least one page.
   *
   * @param after left out: from the beginning
   * @throws UserError `store-failed`
   */
  history(after?: HistoryPlace): AsyncIterable<HistoryPage>;
  /** @throws UserError `store-failed` */
  keptView(projection: string): Promise<KeptView | undefined>;
  /** In the place of what was kept. @throws UserError `store-failed` */
  keepView(projection: string, kept: KeptView): Promise<void>;
}

/** A view of all sagas, as of a place. */
export interface SagaView<View> {
  readonly place: HistoryPlace;
  readonly view: View;
  /** Events that were folded to bring it up to date. */
  readonly folded: number;
  /** Whether it was made from the beginning. */
  readonly isRebuilt: boolean;
  /** Why it could not be kept in the store: whoever reads it need not be allowed to write. */
  readonly notKept: UserError | undefined;
}

/** How {@link projectSagas} begins. */
export interface ProjectSagasOptions {
  /** Whatever was kept: from the beginning. */
  readonly rebuild?: boolean;
}

/**
 * Brings a view of a store's sagas up to date, and keeps it there; where it cannot be kept, the next reading begins where this did.
 *
 * @throws UserError `store-failed`
 * @example
 * const { view } = await projectSagas(store, sagaStateSummary);
 * console.table(summaryRows(view, liveNowUs()));
 */
export async function projectSagas<View>(
  store: SagaHistory,
  spec: ProjectionSpec<View, StoredEvent>,
  { rebuild = false }: ProjectSagasOptions = {},
): Promise<SagaView<View>> {
  const { name, version, toJson = (view: View) => view, fromJson = (json: unknown) => json as View } = spec;
  const found = rebuild ? undefined : await store.keptView(name);
  const kept = found?.version === version ? found : undefined;
  let view = kept === undefined ? spec.empty() : fromJson(JSON.parse(kept.json));
  let place = kept?.place ?? { position: 0, removals: 0 };
  let folded = 0;
  let isRebuilt = false;
  for await (const page of store.history(kept?.place)) {
    if (page.isFresh) {
      view = spec.empty();
      isRebuilt = true;
    }
    for (const event of page.events) view = spec.apply(view, event);
    place = page.place;
    folded += page.events.length;
  }
  const isNews = isRebuilt || folded > 0;
  const json = isNews ? JSON.stringify(toJson(view)) : '';
  const notKept = isNews ? await failureOf(() => store.keepView(name, { version, place, json })) : undefined; // H4
  return { place, view, folded, isRebuilt, notKept };
}

async function failureOf(act: () => Promise<void>): Promise<UserError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
