// A view of all streams that can be thrown away: it is folded from the log, remembers how far, and is made again from the
// beginning when it is lost, or when what it shows changes.

import type { StreamEvent } from './aggregate.ts';
import type { EventStreams } from './event-streams.ts';

/** What a projection shows, and how an event changes it. */
export interface ProjectionSpec<View> {
  /** Kebab-case. */
  readonly name: string;
  /** A change of what is shown is a new version: what was kept under another is made again. */
  readonly version: number;
  /** The view of an empty log. */
  empty(): View;
  /** May change the view that it is given. */
  apply(view: View, stored: StreamEvent): View;
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
  const isUsable = kept !== undefined && kept.version === version;
  let view = isUsable ? kept.view : empty();
  let position = isUsable ? kept.position : 0;
  for (;;) {
    const events = streams.readAll(position, BATCH);
    for (const stored of events) {
      view = apply(view, stored);
      position = stored.position;
    }
    if (events.length < BATCH) return { version, position, view };
  }
}
