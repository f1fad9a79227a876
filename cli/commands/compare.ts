// `sagastorm compare`: policies over the same seeds, and what can be told apart.

import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { UserError } from '../../engine/core/user-error.ts';
import { renderComparison, renderComparisonMarkdown, renderJson } from '../../reports/index.ts';
import {
  COMPARE_SEEDS_DEFAULT,
  type CompareOptions,
  compare as comparePolicies,
} from '../../simulator/campaign/index.ts';
import type { CompareRecord } from '../../simulator/compare-record.ts';
import { type CommandSpec, type GivenFlags, refuseWords } from '../command-line.ts';
import { codeOfVerdict, EXIT, type ExitCode } from '../exit-codes.ts';
import { choicesOf, flags, isGiven, profileOf, seedOf, textOf, textsOf, wholeNumberOf } from '../flags.ts';
import { Progress } from '../progress.ts';
import { prepareFolder, storeComparison } from '../result-files.ts';
import { palette, print, progressSink, remark, width } from '../terminal.ts';
import { jobOf } from './one-run.ts';
import { OUT_DEFAULT, stopOnInterrupt, WORKERS } from './run.ts';

const SEEDS = { min: 2, max: 10_000 };
const REPORTERS = ['pretty', 'md', 'json'] as const;
type ReporterName = (typeof REPORTERS)[number];

export const COMPARE: CommandSpec = {
  name: 'compare',
  positional: '<scenario>',
  description: 'Run policies over the same seeds, and tell them apart from noise',
  flags: [
    { name: 'policy', value: 'name', description: 'A policy; give it several times, the baseline first' },
    ...flags('sweep', 'seed'),
    {
      name: 'seeds',
      value: 'n',
      description: `Runs per policy, 2 to 10,000; default ${COMPARE_SEEDS_DEFAULT}, none is judged under 20`,
    },
    ...flags('sagas', 'profile', 'saga', 'workers'),
    { name: 'reporter', value: 'name', description: 'pretty, md or json; may be given several times' },
    { name: 'json', description: 'Only the record on stdout, one line of JSON' },
    ...flags('out', 'quiet', 'no-color'),
  ],
  examples: [
    'compare order-processing --policy default --policy patient',
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
  const reporters = reportersOf(given);
  const out = textOf(given, 'out') ?? OUT_DEFAULT;
  const options = optionsOf(scenario, given);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  try {
    prepareFolder(out);
    const record = await runOne({ ...options, signal: stop.signal }, isGiven(given, 'quiet'));
    if (record === undefined) {
      remark('sagastorm: stopped before there was something to compare.\n');
      return EXIT.interrupted;
    }
    const stored = storeComparison(record, out);
    for (const reporter of reporters) print(render(reporter, record, given, stored));
    return codeOfVerdict(record.verdict);
  } finally {
    letGo();
  }
}

async function runOne(options: CompareOptions, quiet: boolean): Promise<CompareRecord | undefined> {
  if (quiet) return comparePolicies(options);
  const progress = new Progress(options.scenario, progressSink(), () => performance.now());
  try {
    return await comparePolicies({ ...options, onProgress: (state) => progress.update(state) });
  } finally {
    progress.end();
  }
}

function optionsOf(scenario: string, given: GivenFlags): CompareOptions {
  const policies = textsOf(given, 'policy');
  const withoutPolicy = new Map([...given].filter(([name]) => name !== 'policy'));
  const sweep = textOf(given, 'sweep');
  const seeds = wholeNumberOf(given, 'seeds', SEEDS);
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  return {
    ...jobOf(scenario, withoutPolicy),
    profile: profileOf(given) ?? 'storm',
    policies,
    rootSeed: seedOf(given) ?? randomBytes(4).toString('hex'),
    ...(sweep === undefined ? {} : { sweep }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(workers === undefined ? {} : { workers }),
  };
}

function reportersOf(given: GivenFlags): readonly ReporterName[] {
  const chosen = choicesOf(given, 'reporter', REPORTERS);
  if (!isGiven(given, 'json')) return chosen.length === 0 ? ['pretty'] : [...new Set(chosen)];
  if (chosen.length === 0) return ['json'];
  throw new UserError(
    'json-and-reporter',
    '--json prints only the record, so it cannot be combined with --reporter',
    'Write --reporter json beside the others.',
  );
}

function render(reporter: ReporterName, record: CompareRecord, given: GivenFlags, stored: string): string {
  switch (reporter) {
    case 'json':
      return renderJson(record);
    case 'md':
      return renderComparisonMarkdown(record);
    case 'pretty':
      return renderComparison(record, {
        colors: palette(isGiven(given, 'no-color')),
        width: width(),
        stored,
      });
  }
}
