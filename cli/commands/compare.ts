// `sagastorm compare`: policies over the same seeds, and what can be told apart.

import { randomBytes } from 'node:crypto';
import { UserError } from '../../engine/core/user-error.ts';
import {
  COMPARE_SEEDS_DEFAULT,
  type CompareOptions,
  compare as comparePolicies,
  makeFolder,
} from '../../simulator/campaign/index.ts';
import { PROTOCOLS } from '../../simulator/index.ts';
import { type CommandSpec, type GivenFlags, refuseWords } from '../command-line.ts';
import { comparisonPages, keepPagesClear } from '../compare-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import {
  choicesOf,
  flagFor,
  flags,
  isGiven,
  profileOf,
  seedOf,
  textOf,
  textsOf,
  wholeNumberOf,
} from '../flags.ts';
import { showing } from '../progress.ts';
import { COMPARE_EFFECTS, COMPARE_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { comparisonFile, storeComparison } from '../result-files.ts';
import { remark } from '../terminal.ts';
import { jobOf } from './one-run.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

const SEEDS = { min: 2, max: 10_000 };
export const COMPARE: CommandSpec = {
  name: 'compare',
  positional: '<scenario>',
  description: 'Run policies over the same seeds, and tell them apart from noise',
  flags: [
    flagFor('policy', 'A policy; give it several times, the baseline first'),
    ...flags('sweep'),
    flagFor(
      'protocol',
      'saga, choreography or 2pc; give several to compare them under one policy, the baseline first',
    ),
    ...flags('seed'),
    flagFor(
      'seeds',
      `Runs per policy, 2 to 10,000; default ${COMPARE_SEEDS_DEFAULT}, none is judged under 20`,
    ),
    ...flags('sagas', 'profile', 'saga', 'sensitivity', 'workers'),
    flagFor('reporter', 'pretty, md, brief, json, html or brief-html; each as NAME=FILE to write a file'),
    flagFor('json', 'Only the record on stdout, one line of JSON'),
    ...flags('out', 'quiet', 'no-color'),
  ],
  examples: [
    'compare order-processing --policy default --policy patient',
    'compare order-parallel --protocol saga --protocol 2pc',
    'compare bank-transfer --sweep retry.timeout.attemptsMax=1,3,5 --reporter md',
  ],
};

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
