// `sagastorm shrink`: the smallest fault plan that still fails, from a capsule or from a scenario and a seed.

import { UserError } from '../../engine/core/user-error.ts';
import { renderJson } from '../../reports/json.ts';
import { renderPretty } from '../../reports/pretty.ts';
import { readCapsule } from '../../simulator/campaign/capsule.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import { type ShrinkOptions, shrinkCapsule, shrinkSeed } from '../../simulator/campaign/shrink.ts';
import type { GivenFlags } from '../command-line.ts';
import { refuseWords } from '../command-line.ts';
import { withDebugPages } from '../debug-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven, textOf, wholeNumberOf } from '../flags.ts';
import { prettyOptions } from '../reporters.ts';
import { SHRINK } from '../specs.ts';
import { print, progressSink } from '../terminal.ts';
import { jobOf, neededSeed, refuseFlagsBesideCapsule } from './one-run.ts';
import { OUT_DEFAULT, SHRINK_BUDGET, stopOnInterrupt } from './run.ts';

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
  const budget = wholeNumberOf(given, 'shrink-budget', SHRINK_BUDGET);
  const options: ShrinkOptions = {
    out: textOf(given, 'out') ?? OUT_DEFAULT,
    signal: stop.signal,
    ...(budget === undefined ? {} : { budget }),
  };
  try {
    makeFolder(options.out);
    const found = await showingFaults(isGiven(given, 'quiet'), (progress) => {
      const all = { ...options, ...progress };
      return subject.endsWith('.json')
        ? shrinkCapsule(capsuleAt(subject, given), all)
        : shrinkSeed(jobOf(subject, given), neededSeed('shrink', subject, given), all);
    });
    const record = await withDebugPages(found, options.out, given);
    if (isGiven(given, 'json')) print(renderJson(record));
    else {
      print(renderPretty(record, prettyOptions(given)));
      if (record.violations.length === 0) print(' Nothing to shrink: the run does not fail so.\n');
    }
    return stop.signal.aborted ? EXIT.interrupted : codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}

/** How many faults are left, on a live line; it is gone when the work ends, however it ends. */
async function showingFaults<Result>(
  quiet: boolean,
  work: (progress: Pick<ShrinkOptions, 'onProgress'>) => Promise<Result>,
): Promise<Result> {
  const sink = progressSink();
  if (quiet || !sink.live) return work({});
  try {
    return await work({ onProgress: (left) => sink.line(`shrinking: ${left} faults left`) });
  } finally {
    sink.clear();
  }
}

function capsuleAt(path: string, given: GivenFlags) {
  refuseFlagsBesideCapsule(given);
  return readCapsule(path);
}
