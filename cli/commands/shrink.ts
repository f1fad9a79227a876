// `sagastorm shrink`: the smallest fault plan that still fails, from a capsule or from a scenario and a seed.

import { UserError } from '../../engine/core/user-error.ts';
import { renderJson, renderPretty } from '../../reports/index.ts';
import {
  readCapsule,
  type ShrinkOptions,
  shrinkCapsule,
  shrinkSeed,
} from '../../simulator/campaign/index.ts';
import type { CommandSpec, GivenFlags } from '../command-line.ts';
import { refuseWords } from '../command-line.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { flags, isGiven, textOf, wholeNumberOf } from '../flags.ts';
import { prepareFolder } from '../result-files.ts';
import { palette, print, progressSink, width } from '../terminal.ts';
import { jobOf, neededSeed, refuseFlagsBesideCapsule } from './one-run.ts';
import { OUT_DEFAULT, SHRINK_BUDGET, stopOnInterrupt } from './run.ts';

export const SHRINK: CommandSpec = {
  name: 'shrink',
  positional: '<capsule|scenario>',
  description: 'Find the smallest fault plan that still fails; writes a capsule and a vitest test',
  flags: flags(
    'seed',
    'sagas',
    'profile',
    'policy',
    'saga',
    'shrink-budget',
    'json',
    'out',
    'quiet',
    'no-color',
  ),
  examples: [
    'shrink .sagastorm/failures/money-conserved-3f9c01ab.json',
    'shrink bank-transfer --seed nightly/17 --sagas 100',
  ],
};

export async function shrink(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [subject, ...extra] = words;
  refuseWords(extra, SHRINK);
  if (subject === undefined) {
    throw new UserError(
      'missing-argument',
      'shrink needs a capsule, or a scenario and its --seed',
      'Capsules are in .sagastorm/failures/.',
    );
  }
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  const sink = progressSink();
  const budget = wholeNumberOf(given, 'shrink-budget', SHRINK_BUDGET);
  const options: ShrinkOptions = {
    out: textOf(given, 'out') ?? OUT_DEFAULT,
    signal: stop.signal,
    ...(budget === undefined ? {} : { budget }),
    ...(isGiven(given, 'quiet') || !sink.live
      ? {}
      : { onProgress: (left: number) => sink.line(`shrinking: ${left} faults left`) }),
  };
  try {
    prepareFolder(options.out);
    const record = subject.endsWith('.json')
      ? await shrinkCapsule(capsuleAt(subject, given), options)
      : await shrinkSeed(jobOf(subject, given), neededSeed('shrink', subject, given), options);
    sink.clear();
    if (isGiven(given, 'json')) print(renderJson(record));
    else {
      print(renderPretty(record, { colors: palette(isGiven(given, 'no-color')), width: width() }));
      if (record.violations.length === 0) print(' Nothing to shrink: the run does not fail so.\n');
    }
    return stop.signal.aborted ? EXIT.interrupted : codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}

function capsuleAt(path: string, given: GivenFlags) {
  refuseFlagsBesideCapsule(given);
  return readCapsule(path);
}
