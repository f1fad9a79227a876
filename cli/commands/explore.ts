// `sagastorm explore`: every fault at every point of a small workload, one at a time or two.

import { performance } from 'node:perf_hooks';
import { UserError } from '../../engine/core/user-error.ts';
import { renderJson, renderPretty } from '../../reports/index.ts';
import { type ExploreOptions, explore as exploreAll } from '../../simulator/campaign/index.ts';
import { type CommandSpec, type GivenFlags, refuseWords } from '../command-line.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { flags, isGiven, seedOf, textOf, wholeNumberOf } from '../flags.ts';
import { Progress } from '../progress.ts';
import { prepareFolder, storeRecord } from '../result-files.ts';
import { palette, print, progressSink, width } from '../terminal.ts';
import { jobOf } from './one-run.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

export const EXPLORE: CommandSpec = {
  name: 'explore',
  positional: '<scenario>',
  description: 'Try every fault at every point of one saga or a few, and with --faults 2 every pair',
  flags: flags('sagas', 'faults', 'seed', 'policy', 'saga', 'workers', 'json', 'out', 'quiet', 'no-color'),
  examples: ['explore bank-transfer', 'explore bank-transfer --sagas 2 --faults 2'],
};

export async function explore(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [scenario, ...extra] = words;
  refuseWords(extra, EXPLORE);
  if (scenario === undefined) {
    throw new UserError(
      'missing-argument',
      'explore needs a scenario',
      'See `sagastorm list`, or name a file.',
    );
  }
  const out = textOf(given, 'out') ?? OUT_DEFAULT;
  const seed = seedOf(given);
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  const progress = new Progress(scenario, progressSink(), () => performance.now());
  const options: ExploreOptions = {
    ...jobOf(scenario, given),
    sagas: wholeNumberOf(given, 'sagas', { min: 1, max: 100 }) ?? 1,
    profile: 'storm',
    atOnce: true,
    faults: wholeNumberOf(given, 'faults', { min: 1, max: 2 }) === 2 ? 2 : 1,
    out,
    signal: stop.signal,
    ...(seed === undefined ? {} : { seed }),
    ...(workers === undefined ? {} : { workers }),
    ...(isGiven(given, 'quiet')
      ? {}
      : {
          onProgress: (done, total) => progress.update({ phase: 'exploring', unit: 'faults', done, total }),
        }),
  };
  try {
    prepareFolder(out);
    const record = await exploreAll(options);
    progress.end();
    const stored = storeRecord(record, out, false);
    if (isGiven(given, 'json')) print(renderJson(record));
    else print(renderPretty(record, { colors: palette(isGiven(given, 'no-color')), width: width(), stored }));
    return stop.signal.aborted ? EXIT.interrupted : codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}
