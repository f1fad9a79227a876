// `sagastorm compare`: policies over the same seeds, and what can be told apart.

import { randomBytes } from 'node:crypto';
import { UserError } from '../../engine/core/user-error.ts';
import { type CompareOptions, compare as comparePolicies } from '../../simulator/campaign/compare.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import { PROTOCOLS } from '../../simulator/protocol-names.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { comparisonPages, keepPagesClear } from '../compare-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { choicesOf, isGiven, profileOf, seedOf, textOf, textsOf, wholeNumberOf } from '../flags.ts';
import { showing } from '../progress.ts';
import { COMPARE_EFFECTS, COMPARE_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { comparisonFile, storeComparison } from '../result-files.ts';
import { COMPARE } from '../specs.ts';
import { remark } from '../terminal.ts';
import { jobOf } from './one-run.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

const SEEDS = { min: 2, max: 10_000 };
export async function compare(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [scenario, ...extra] = words;
  refuseWords(extra, COMPARE);
  if (scenario === undefined) {
    throw new UserError(
      'missing-argument',
      'compare needs a scenario',
      'See `sagastorm list`, or name a file.',
    );
  }
  const reporting = new Reporting(given, COMPARE_REPORTERS, COMPARE_EFFECTS);
  const out = textOf(given, 'out') ?? OUT_DEFAULT;
  keepPagesClear(reporting, [comparisonFile(out)]);
  const options = optionsOf(scenario, given);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  try {
    makeFolder(out);
    const record = await showing(scenario, isGiven(given, 'quiet'), (progress) =>
      comparePolicies({ ...options, signal: stop.signal, ...progress }),
    );
    if (record === undefined) {
      remark('sagastorm: stopped before there was something to compare.\n');
      return EXIT.interrupted;
    }
    const stored = storeComparison(record, out);
    reporting.add(record, stored, await comparisonPages(reporting, record, stored));
    reporting.end();
    return codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}

function optionsOf(scenario: string, given: GivenFlags): CompareOptions {
  const policies = textsOf(given, 'policy');
  const protocols = choicesOf(given, 'protocol', PROTOCOLS);
  const ofAll = new Map([...given].filter(([name]) => name !== 'policy' && name !== 'protocol'));
  const sweep = textOf(given, 'sweep');
  const seeds = wholeNumberOf(given, 'seeds', SEEDS);
  const sensitivity = isGiven(given, 'sensitivity') ? { sensitivity: true } : {};
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  return {
    ...jobOf(scenario, ofAll),
    protocols,
    profile: profileOf(given) ?? 'storm',
    policies,
    rootSeed: seedOf(given) ?? randomBytes(4).toString('hex'),
    ...sensitivity,
    ...(sweep === undefined ? {} : { sweep }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(workers === undefined ? {} : { workers }),
  };
}
