// A simulated run as a store, for whoever practises on it: the logs as they were at a moment of virtual time, moved so that
// this moment is now, and beside the file the books of each service as they were then.
//
// I1. Nobody drives the sagas: an engine that is started on the file takes them up, and finds no services.

import { existsSync, writeFileSync } from 'node:fs';
import type { SagaEvent } from '../engine/core/saga-event.ts';
import { UserError } from '../engine/core/user-error.ts';
import { LogWriter, liveNowUs, SqliteStore } from '../engine/live/index.ts';
import type { ObservedRun } from '../simulator/campaign/observed-run.ts';

/** What was written. */
export interface WrittenRun {
  readonly sagas: number;
  /** Files of entries, one for each service, as `reconcile --against` takes them. */
  readonly books: readonly string[];
}

/** For those who would do much before they write. @throws UserError `file-there` */
export function refuseFileThere(file: string): void {
  if (existsSync(file)) {
    throw new UserError('file-there', `${file} is there already`, 'Name a file that does not exist yet.');
  }
}

/**
 * @param file must not be there yet
 * @param untilUs virtual time; default the end
 * @throws UserError `file-there`, and those of a store
 */
export async function writeRunInto(
  file: string,
  { happenings, booked, services }: ObservedRun,
  untilUs = happenings.at(-1)?.atUs ?? 0,
): Promise<WrittenRun> {
  refuseFileThere(file);
  const batches = happenings.flatMap((one) =>
    one.kind === 'written' && one.atUs <= untilUs ? [one.batch] : [],
  );
  const shiftUs = liveNowUs() - untilUs;
  const store = new SqliteStore({ file });
  try {
    const writer = new LogWriter(store);
    await Promise.all(
      batches.map(({ saga, expectedVersion, atUs, events }) =>
        writer.append({
          saga,
          expectedVersion,
          atUs: atUs + shiftUs,
          events: events.map((event) => moved(event, shiftUs)),
        }),
      ),
    );
  } finally {
    await store.close();
  }
  const names = new Set([...services.values()].flatMap((steps) => [...steps.values()]));
  const books = [...names].sort().map((service) => {
    const own = booked.filter((one) => one.service === service && one.atUs <= untilUs);
    const path = `${file.replace(/\.db$/, '')}.${service}.ndjson`;
    writeFileSync(path, own.map(({ entry }) => `${JSON.stringify(entry)}\n`).join(''));
    return path;
  });
  return { sagas: new Set(batches.map(({ saga }) => saga)).size, books };
}

/** Times in events are moved as well. */
function moved(event: SagaEvent, shiftUs: number): SagaEvent {
  if ('dueAtUs' in event) return { ...event, dueAtUs: event.dueAtUs + shiftUs };
  if ('deadlineAtUs' in event && event.deadlineAtUs !== undefined)
    return { ...event, deadlineAtUs: event.deadlineAtUs + shiftUs };
  return event;
}
