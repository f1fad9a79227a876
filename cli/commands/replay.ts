// `sagastorm replay`: one run again, exactly, from a capsule or from a scenario and a seed.

import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { renderJson } from '../../reports/json.ts';
import { renderPretty } from '../../reports/pretty.ts';
import { counted } from '../../reports/wording.ts';
import { type Capsule, readCapsule } from '../../simulator/campaign/capsule.ts';
import { firstStruck } from '../../simulator/campaign/corpus.ts';
import { makeFolder, writeText } from '../../simulator/campaign/folder.ts';
import { scenarioNames, shownPath } from '../../simulator/campaign/load-scenario.ts';
import { MarkedTrace } from '../../simulator/campaign/marked-trace.ts';
import { observeCapsule, observeSeed } from '../../simulator/campaign/observed-run.ts';
import { type Replay, replayCapsule, replaySeed } from '../../simulator/campaign/replay.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { debugCapsulePage, debugSeedPage } from '../debug-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { durationOf, isGiven, textOf } from '../flags.ts';
import { prettyOptions } from '../reporters.ts';
import { REPLAY } from '../specs.ts';
import { print, remark } from '../terminal.ts';
import { jobOf, neededSeed, refuseFlagsBesideCapsule } from './one-run.ts';

const LINES_PER_WRITE = 1_000;

export async function replay(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [subject, ...extra] = words;
  refuseWords(extra, REPLAY);
  if (subject === undefined) {
    throw new UserError(
      'missing-argument',
      'replay needs a capsule, or a scenario and its --seed',
      'Capsules are in .sagastorm/failures/.',
    );
  }
  refuseFolder(subject);
  await refuseInto(given);
  const trace = traceOf(given);
  const options = trace === undefined ? {} : { trace };
  const capsule = subject.endsWith('.json') ? capsuleAt(subject, given) : undefined;
  const done =
    capsule === undefined
      ? await replaySeed(jobOf(subject, given), neededSeed('replay', subject, given), options)
      : await replayCapsule(capsule, subject, options);
  if (trace !== undefined) printTrace(trace.lines(done.result));
  if (isGiven(given, 'json')) print(renderJson(done.record));
  else {
    print(renderPretty(done.record, prettyOptions(given)));
    if (capsule !== undefined) print(` ${told(done, capsule)}\n`);
  }
  if (given.has('ui')) await writeDebugger(subject, given, capsule);
  if (given.has('metrics') || given.has('otlp') || given.has('into'))
    await writeObserved(subject, given, capsule);
  const proves = capsule === undefined || reproduction(done, capsule) !== 'stale';
  return worst([codeOfVerdict(done.record.verdict), proves ? EXIT.held : EXIT.inconclusive]);
}

/** A scenario may be called as a folder is. */
function refuseFolder(subject: string): void {
  if (statSync(subject, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  if (scenarioNames().includes(subject)) return;
  throw new UserError(
    'is-folder',
    `${subject} is a folder, and replay takes one run`,
    'Name a capsule in it, such as .sagastorm/failures/money-conserved-3f9c01ab.json.',
  );
}

/** A store that is there is not written over, and that is said before anything runs. */
async function refuseInto(given: GivenFlags): Promise<void> {
  const into = textOf(given, 'into');
  if (into !== undefined) (await import('../run-into-store.ts')).refuseFileThere(into);
}

/** The page, and a line that says where it is: on stderr where stdout is a record. */
async function writeDebugger(subject: string, given: GivenFlags, capsule?: Capsule): Promise<void> {
  const wanted = textOf(given, 'ui');
  const file = wanted === undefined || wanted === '' ? undefined : wanted;
  const path =
    capsule === undefined
      ? await debugSeedPage(jobOf(subject, given), neededSeed('replay', subject, given), file)
      : await debugCapsulePage(capsule, subject, file);
  if (isGiven(given, 'json')) remark(`Debugger: ${path}\n`);
  else print(` Debugger: ${path}\n`);
}

/** The run once more, as meters, traces and a store have it. */
async function writeObserved(subject: string, given: GivenFlags, capsule?: Capsule): Promise<void> {
  const run =
    capsule === undefined
      ? await observeSeed(jobOf(subject, given), neededSeed('replay', subject, given))
      : await observeCapsule(capsule);
  const { metricsText, tracesText } = await import('../observed-files.ts');
  const [metrics, otlp] = [textOf(given, 'metrics'), textOf(given, 'otlp')];
  if (metrics !== undefined) writeBeside('Meters', metrics, await metricsText(run));
  if (otlp !== undefined) writeBeside('Traces', otlp, tracesText(run));
  const into = textOf(given, 'into');
  if (into === undefined) return;
  const { writeRunInto } = await import('../run-into-store.ts');
  const { sagas, books } = await writeRunInto(into, run, durationOf(given, 'until'));
  remark(
    `Store: ${shownPath(into)}, with ${counted(sagas, 'saga')}; books: ${books.map(shownPath).join(', ')}\n`,
  );
}

function writeBeside(what: string, file: string, text: string): void {
  makeFolder(dirname(file));
  writeText(file, text);
  remark(`${what}: ${shownPath(file)}\n`);
}

function traceOf(given: GivenFlags): MarkedTrace | undefined {
  const untilUs = durationOf(given, 'until');
  if (!isGiven(given, 'trace') && (untilUs === undefined || given.has('into'))) return undefined;
  if (isGiven(given, 'json')) {
    throw new UserError(
      'json-and-trace',
      '--json prints only the run record, so it cannot be combined with --trace',
    );
  }
  return new MarkedTrace(untilUs);
}

/** @throws UserError `capsule-and-flag`; as `readCapsule` */
export function capsuleAt(path: string, given: GivenFlags): Capsule {
  refuseFlagsBesideCapsule(given);
  return readCapsule(path);
}

/** Some lines at a time, and only while somebody reads. */
function printTrace(lines: Iterable<string>): void {
  let some: string[] = [];
  for (const line of lines) {
    some.push(`${line}\n`);
    if (some.length < LINES_PER_WRITE) continue;
    if (!print(some.join(''))) return;
    some = [];
  }
  print(some.join(''));
}

type Reproduction = 'exact' | 'similar' | 'another' | 'holds' | 'stale';

/** What the replay is to the run that the capsule was made from. */
function reproduction({ record, result }: Replay, { fingerprint, plan, violation }: Capsule): Reproduction {
  if (result.fingerprint === fingerprint) return 'exact';
  if (record.violations.some(({ signature }) => signature === violation.signature)) return 'similar';
  if (record.violations.length > 0) return 'another';
  return firstStruck(plan, result.plan) ? 'holds' : 'stale';
}

/** What somebody wants to know who has just mended something. */
function told(done: Replay, capsule: Capsule): string {
  const { invariant } = capsule.violation;
  const what = done.record.scenarioHash === capsule.scenarioHash ? 'Something' : 'The scenario';
  const changed = `${what} has changed since it was recorded.`;
  switch (reproduction(done, capsule)) {
    case 'exact':
      return 'Reproduced: every event is the one that was recorded.';
    case 'similar':
      return `The same failure on another path. ${changed}`;
    case 'another':
      return `Not the failure that was recorded (${invariant}). ${changed}`;
    case 'holds':
      return `Holds now: under the same plan ${invariant} is not violated any more. ${changed}`;
    case 'stale':
      return `Proves nothing any more: the first fault of its plan has nothing to strike. ${changed}`;
  }
}
