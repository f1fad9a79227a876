// `sagastorm tune`: a search for a better policy, and what speaks for it.

import { randomBytes } from 'node:crypto';
import { suggestion } from '../../engine/core/nearest.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import { SPACE_MEMBERS, type SpaceMember } from '../../simulator/campaign/policy-space.ts';
import { type TuneOptions, tune as tunePolicy } from '../../simulator/campaign/tune.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven, seedOf, textOf, textsOf, wholeNumberOf } from '../flags.ts';
import { showing } from '../progress.ts';
import { TUNE_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { storeTuning, tuningFile } from '../result-files.ts';
import { TUNE } from '../specs.ts';
import { jobOf } from './one-run.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

const SEEDS = { min: 2, max: 10_000 };
const BUDGET = { min: 10, max: 10_000_000 };
const CANDIDATES = { min: 1, max: 10_000 };
export async function tune(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [scenario, ...extra] = words;
  refuseWords(extra, TUNE);
  if (scenario === undefined) {
    throw new UserError('missing-argument', 'tune needs a scenario', 'See `sagastorm list`, or name a file.');
  }
  const reporting = new Reporting(given, TUNE_REPORTERS);
  const options = optionsOf(scenario, given);
  reporting.keepClear([tuningFile(options.out)]);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  try {
    makeFolder(options.out);
    const record = await showing(scenario, isGiven(given, 'quiet'), (progress) =>
      tunePolicy({ ...options, signal: stop.signal, ...progress }),
    );
    const stored = storeTuning(record, options.out);
    reporting.add(record, stored);
    reporting.end();
    return record.isStopped ? EXIT.interrupted : codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}

function optionsOf(scenario: string, given: GivenFlags): TuneOptions {
  const space = spaceOf(given);
  const budget = wholeNumberOf(given, 'budget', BUDGET);
  const candidates = wholeNumberOf(given, 'candidates', CANDIDATES);
  const seeds = wholeNumberOf(given, 'seeds', SEEDS);
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  return {
    ...jobOf(scenario, given),
    rootSeed: seedOf(given) ?? randomBytes(4).toString('hex'),
    out: textOf(given, 'out') ?? OUT_DEFAULT,
    ...(space === undefined ? {} : { space }),
    ...(budget === undefined ? {} : { budget }),
    ...(candidates === undefined ? {} : { candidates }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(workers === undefined ? {} : { workers }),
  };
}

/** @throws UserError `bad-choice` */
function spaceOf(given: GivenFlags): readonly SpaceMember[] | undefined {
  const words = textsOf(given, 'space').flatMap((text) => text.split(','));
  if (words.length === 0) return undefined;
  const chosen = words.map((word) => {
    const member = SPACE_MEMBERS.find((name) => name === word);
    if (member !== undefined) return member;
    throw new UserError(
      'bad-choice',
      `--space takes members of a policy, separated by commas, not "${word}"`,
      suggestion(word, SPACE_MEMBERS, 'Possible'),
    );
  });
  return [...new Set(chosen)];
}
