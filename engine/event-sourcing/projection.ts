// A view of all streams that can be thrown away: it is folded from the log, remembers how far, and is made again from the
// beginning when it is lost, or when what it shows changes.

import type { StreamEvent } from './aggregate.ts';
import type { AsyncEventStreams } from './async-streams.ts';
import type { EventStreams } from './event-streams.ts';

/**
 * What a projection shows, and how an event changes it.
 *
 * @typeParam Stored the events of its log: of streams, or, for views of sagas, `StoredEvent`
 */
export interface ProjectionSpec<View, Stored = StreamEvent> {
  /** Kebab-case. */
  readonly name: string;
  /** A change of what is shown is a new version: what was kept under another is made again. */
  readonly version: number;
  /** The view of an empty log. */
  empty(): View;
  /** May change the view that it is given. */
  apply(view: View, stored: Stored): View;
  /** The view as something that JSON can hold. Default: as it is. Where it is kept as text. */
  toJson?(view: View): unknown;
  /** The way back. Default: as it is. */
  fromJson?(json: unknown): View;
}

/** What is kept of a projection. View and position belong together: they are written at once, or events count twice. */
export interface ProjectedView<View> {
  readonly version: number;
  /** The last event that is in the view. */
  readonly position: number;
  readonly view: View;
}

const BATCH = 1_000;

/**
 * A projection up to the end of the log: from what was kept, or from the beginning when nothing usable was.
 *
 * @example
 * let kept: ProjectedView<Totals> | undefined;
 * kept = project(totals, streams, kept); // only what is new is read
 */
export function project<View>(
  { version, empty, apply }: ProjectionSpec<View>,
  streams: EventStreams,
  kept?: ProjectedView<View>,
): ProjectedView<View> {
  let { view, position } = begun({ version, empty }, kept);
  for (;;) {
    const events = streams.readAll(position, BATCH);
    for (const stored of events) {
      view = apply(view, stored);
      position = stored.position;
    }
    if (events.length < BATCH) return { version, position, view };
  }
}

/** {@link project}, over streams that have to be waited for. */
export async function projectAsync<View>(
  { version, empty, apply }: ProjectionSpec<View>,
  streams: EventStreams | AsyncEventStreams,
  kept?: ProjectedView<View>,
): Promise<ProjectedView<View>> {
  let { view, position } = begun({ version, empty }, kept);
  for (;;) {
    const events = await streams.readAll(position, BATCH);
    for (const stored of events) {
      view = apply(view, stored);
      position = stored.position;
    }
    if (events.length < BATCH) return { version, position, view };
  }
}

/** What was kept under this version, or the beginning. */
function begun<View>(
  { version, empty }: Pick<ProjectionSpec<View>, 'version' | 'empty'>,
  kept: ProjectedView<View> | undefined,
): Pick<ProjectedView<View>, 'view' | 'position'> {
  return kept !== undefined && kept.version === version ? kept : { view: empty(), position: 0 };
}
