// `sagastorm replay`: one run again, exactly, from a capsule or from a scenario and a seed.

import { UserError } from '../../engine/core/user-error.ts';
import { renderJson, renderPretty } from '../../reports/index.ts';
import {
  type Capsule,
  type Replay,
  readCapsule,
  replayCapsule,
  replaySeed,
  TraceUntil,
} from '../../simulator/campaign/index.ts';
import { TraceLog } from '../../simulator/index.ts';
import { type CommandSpec, type GivenFlags, refuseWords } from '../command-line.ts';
import { codeOfVerdict, type ExitCode } from '../exit-codes.ts';
import { durationOf, flags, isGiven } from '../flags.ts';
import { palette, print, width } from '../terminal.ts';
import { jobOf, neededSeed, refuseFlagsBesideCapsule } from './one-run.ts';

export const REPLAY: CommandSpec = {
  name: 'replay',
  positional: '<capsule|scenario>',
  description: 'Run one run again, exactly: a capsule, or a scenario with --seed',
  flags: flags('seed', 'sagas', 'profile', 'policy', 'saga', 'trace', 'until', 'json', 'no-color'),
  examples: [
    'replay .sagastorm/failures/money-conserved-3f9c01ab.json',
    'replay bank-transfer --seed nightly/17 --sagas 100 --trace --until 1.2s',
  ],
};

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
  const trace = traceOf(given);
  const options = trace === undefined ? {} : { trace };
  const capsule = subject.endsWith('.json') ? capsuleAt(subject, given) : undefined;
  const done =
    capsule === undefined
      ? await replaySeed(jobOf(subject, given), neededSeed('replay', subject, given), options)
      : await replayCapsule(capsule, options);
  if (trace !== undefined) printTrace(trace);
  if (isGiven(given, 'json')) print(renderJson(done.record));
  else printReport(done, capsule, isGiven(given, 'no-color'));
  return codeOfVerdict(done.record.verdict);
}

function traceOf(given: GivenFlags): TraceLog | undefined {
  const untilUs = durationOf(given, 'until');
  if (untilUs === undefined && !isGiven(given, 'trace')) return undefined;
  if (isGiven(given, 'json')) {
    throw new UserError(
      'json-and-trace',
      '--json prints only the run record, so it cannot be combined with --trace',
    );
  }
  return untilUs === undefined ? new TraceLog() : new TraceUntil(untilUs);
}

function capsuleAt(path: string, given: GivenFlags): Capsule {
  refuseFlagsBesideCapsule(given);
  return readCapsule(path);
}

/** Some lines at a time, and only while somebody reads. */
function printTrace(trace: TraceLog): void {
  for (let from = 0; from < trace.length; from += LINES_PER_WRITE) {
    const count = Math.min(LINES_PER_WRITE, trace.length - from);
    const lines = Array.from({ length: count }, (_, i) => trace.line(from + i));
    if (!print(`${lines.join('\n')}\n`)) return;
  }
}

function printReport(done: Replay, capsule: Capsule | undefined, noColor: boolean): void {
  const colors = palette(noColor);
  print(renderPretty(done.record, { colors, width: width() }));
  if (capsule !== undefined) print(` ${reproduction(done, capsule)}\n`);
}

/** Whether the replay is the run that the capsule was made from. */
function reproduction({ record, runFingerprint }: Replay, capsule: Capsule): string {
  if (runFingerprint === capsule.fingerprint) return 'Reproduced: every event is the one that was recorded.';
  const again = record.violations.some(({ signature }) => signature === capsule.violation.signature);
  return again
    ? 'The same failure on another path: the engine, a participant or the capsule has changed since it was recorded.'
    : 'Not reproduced: the engine, a participant or the capsule has changed since it was recorded.';
}
