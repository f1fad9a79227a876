// A record that is told somewhere else than where it was made. The paths in it are relative to where it was made; what is
// not found from here is looked for beside the record, where the command that stored it had put it.

import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shownPath } from '../simulator/campaign/load-scenario.ts';
import { quoted } from '../simulator/campaign/replay-command.ts';
import type { RecordedViolation, RunRecord } from '../simulator/run-record.ts';

/** The record, with its capsules, tests and debugger pages as they are found from here; the rest stays as it is. */
export function toldFromHere(record: RunRecord, stored: string): RunRecord {
  return { ...record, violations: record.violations.map((violation) => found(violation, dirname(stored))) };
}

function found(violation: RecordedViolation, folder: string): RecordedViolation {
  const { capsule, test, debug, replay, runTest } = violation;
  const here = (path: string): string => placeOf(path, folder) ?? path;
  const again = (command: string, path: string | undefined): string =>
    path === undefined ? command : command.replace(quoted(path), () => quoted(here(path)));
  return {
    ...violation,
    replay: again(replay, capsule),
    ...(capsule === undefined ? {} : { capsule: here(capsule) }),
    ...(debug === undefined ? {} : { debug: here(debug) }),
    ...(test === undefined ? {} : { test: here(test) }),
    ...(runTest === undefined ? {} : { runTest: again(runTest, test) }),
  };
}

/** `failures/x.json` in the folder of the record, or in the one above it: a record of several has a folder of its own. */
function placeOf(path: string, folder: string): string | undefined {
  if (existsSync(path)) return undefined;
  const tail = join(basename(dirname(path)), basename(path));
  const places = [join(folder, tail), join(folder, '..', tail)];
  const there = places.find((place) => existsSync(place));
  return there === undefined ? undefined : shownPath(there);
}
