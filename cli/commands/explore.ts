// `sagastorm explore`: every fault at every point of a small workload, one at a time or two.

import { UserError } from '../../engine/core/user-error.ts';
import { type ExploreOptions, explore as exploreAll } from '../../simulator/campaign/explore.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { withDebugPages } from '../debug-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven, seedOf, textOf, wholeNumberOf } from '../flags.ts';
import { HtmlPages } from '../html-pages.ts';
import { showing } from '../progress.ts';
import { RUN_EFFECTS, RUN_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { recordFile, storeRecord } from '../result-files.ts';
import { EXPLORE } from '../specs.ts';
import { jobOf } from './one-run.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

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
  const reporting = new Reporting(given, RUN_REPORTERS, RUN_EFFECTS);
  const out = textOf(given, 'out') ?? OUT_DEFAULT;
  const seed = seedOf(given);
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  const pages = new HtmlPages(reporting, false);
  pages.keepClear([recordFile(scenario, out, false)]);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
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
  };
  try {
    makeFolder(out);
    const found = await showing(scenario, isGiven(given, 'quiet'), (progress) =>
      exploreAll({ ...options, ...progress }),
    );
    const record = await withDebugPages(found, out, given);
    const stored = storeRecord(record, out, false);
    reporting.add(record, stored, await pages.add(record, stored));
    reporting.end();
    return stop.signal.aborted ? EXIT.interrupted : codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}
