// The debugger's pages: one beside each capsule of a failure, and one wherever a replay is asked for it.
//
// B1. A page is for people and changes no verdict: when one cannot be made, that is said and the rest goes on.
// B2. A campaign makes PAGES_MAX pages at most, and none of a run of very many sagas: each is a run more.

import { basename, dirname, join } from 'node:path';
import { type Capsule, readCapsule } from '../simulator/campaign/capsule.ts';
import { firstLine } from '../simulator/campaign/error-data.ts';
import { makeFolder, writeText } from '../simulator/campaign/folder.ts';
import type { Job } from '../simulator/campaign/job.ts';
import { shownPath } from '../simulator/campaign/load-scenario.ts';
import type { DebugRecord } from '../simulator/debug-record.ts';
import type { RecordedViolation, RunRecord } from '../simulator/run-record.ts';
import type { GivenFlags } from './command-line.ts';
import { isGiven } from './flags.ts';
import { remark } from './terminal.ts';

const PAGES_MAX = 5;
const SAGAS_MAX = 2_000;
const FOLDER_DEFAULT = join('.sagastorm', 'debug');

/** The record, with a page for each of the first failures whose capsules were just written into `out`. */
export async function withDebugPages(record: RunRecord, out: string, given: GivenFlags): Promise<RunRecord> {
  if (isGiven(given, 'no-debugger') || record.violations.length === 0) return record;
  const folder = shownPath(join(out, 'failures'));
  let made = 0;
  const violations: RecordedViolation[] = [];
  for (const violation of record.violations) {
    const isOurs = violation.capsule !== undefined && dirname(violation.capsule) === folder;
    const debug = isOurs && made < PAGES_MAX ? await pageBeside(violation.capsule!) : undefined;
    if (debug !== undefined) made++;
    violations.push(debug === undefined ? violation : { ...violation, debug });
  }
  return { ...record, violations };
}

/** B1, B2. */
async function pageBeside(path: string): Promise<string | undefined> {
  try {
    const capsule = readCapsule(path);
    if (capsule.only === undefined && capsule.sagas > SAGAS_MAX) return undefined;
    return await debugCapsulePage(capsule, path, path.replace(/\.json$/, '.html'));
  } catch (error) {
    remark(`sagastorm: no debugger page for ${path}: ${firstLine(error)}\n`);
    return undefined;
  }
}

/**
 * Writes the page of a capsule's run; returns its path as people read it.
 *
 * @throws UserError as `debugCapsule`, and `cannot-write`
 */
export async function debugCapsulePage(capsule: Capsule, path: string, file?: string): Promise<string> {
  const { debugCapsule } = await import('../simulator/campaign/debug.ts');
  const fallback = join(FOLDER_DEFAULT, `${basename(path, '.json')}.html`);
  return write(await debugCapsule(capsule, path), file ?? fallback);
}

/**
 * Writes the page of one seed's run; returns its path as people read it.
 *
 * @throws UserError as `debugSeed`, and `cannot-write`
 */
export async function debugSeedPage(job: Job, seed: string, file?: string): Promise<string> {
  const { debugSeed } = await import('../simulator/campaign/debug.ts');
  const record = await debugSeed(job, seed);
  const name = `${record.scenario}-${seed}`.replace(/[^\w.-]+/g, '-').slice(0, 100);
  return write(record, file ?? join(FOLDER_DEFAULT, `${name}.html`));
}

/** What makes a page is loaded here, when there is one to make: most runs hold. */
async function write(record: DebugRecord, file: string): Promise<string> {
  const { renderDebugger } = await import('../reports/html/debug/page.ts');
  makeFolder(dirname(file));
  writeText(file, renderDebugger(record));
  return shownPath(file);
}
