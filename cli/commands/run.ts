// `sagastorm run`: scenarios through the storm. Ends in the worst of their verdicts.

import { randomBytes } from 'node:crypto';
import { UserError } from '../../engine/core/user-error.ts';
import { renderJson, renderLine, renderPretty } from '../../reports/index.ts';
import {
  type CampaignOptions,
  makeFolder,
  prepare,
  readJson,
  runCampaign,
  scenarioNames,
} from '../../simulator/campaign/index.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import type { CommandSpec, GivenFlags } from '../command-line.ts';
import { codeOfVerdict, EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { flags, isGiven, profileOf, seedOf, textOf, wholeNumberOf } from '../flags.ts';
import { showing } from '../progress.ts';
import { prettyOptions, type Reporters, reportersOf } from '../reporters.ts';
import { storeRecord } from '../result-files.ts';
import { print, remark } from '../terminal.ts';

export const RUN: CommandSpec = {
  name: 'run',
  positional: '[...scenarios]',
  description: 'Run scenarios under chaos, by name or file; all of `list` when none is named',
  flags: flags(
    'seed',
    'seeds',
    'sagas',
    'profile',
    'policy',
    'workers',
    'saga',
    'check-determinism',
    'shrink-budget',
    'reporter',
    'json',
    'out',
    'strict',
    'quiet',
    'no-color',
  ),
  examples: [
    'run bank-transfer --sagas 10000',
    'run bank-transfer --seeds 1000 --sagas 100 --seed nightly',
    'run order-processing --saga order.json --json',
    'run ./my-scenario.ts --profile breeze',
  ],
};

const REPORTERS: Reporters<RunRecord> = { pretty: renderPretty, line: renderLine, json: renderJson };

const SEEDS = { min: 1, max: 10_000_000 };
const SAGAS = { min: 1, max: 10_000_000 };
export const WORKERS = { min: 1, max: 256 };
const CHECKS = { min: 0, max: 10_000_000 };
export const SHRINK_BUDGET = { min: 0, max: 1_000_000_000 };
export const OUT_DEFAULT = '.sagastorm';

/** What is the same for every scenario of one command. */
type Shared = Omit<CampaignOptions, 'scenario' | 'onProgress' | 'signal'> & { readonly out: string };

export async function run(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const reporters = reportersOf(given, REPORTERS);
  const quiet = isGiven(given, 'quiet');
  const scenarios = words.length > 0 ? words : scenarioNames();
  const shared = sharedOptions(given, scenarios);
  for (const scenario of scenarios) await prepare({ ...shared, scenario });
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  try {
    makeFolder(shared.out);
    const codes: ExitCode[] = [];
    for (const scenario of scenarios) {
      if (stop.signal.aborted) break;
      const record = await showing(scenario, quiet, (progress) =>
        runCampaign({ ...shared, scenario, signal: stop.signal, ...progress }),
      );
      const stored = storeRecord(record, shared.out, scenarios.length > 1);
      for (const report of reporters) print(report(record, prettyOptions(given, stored)));
      codes.push(codeOfVerdict(record.verdict));
    }
    return stop.signal.aborted ? EXIT.interrupted : worst(codes);
  } finally {
    letGo();
  }
}

function sharedOptions(given: GivenFlags, scenarios: readonly string[]): Shared {
  const [sagas, workers] = [wholeNumberOf(given, 'sagas', SAGAS), wholeNumberOf(given, 'workers', WORKERS)];
  const determinismChecks = wholeNumberOf(given, 'check-determinism', CHECKS);
  const shrinkBudget = wholeNumberOf(given, 'shrink-budget', SHRINK_BUDGET);
  const [policy, saga] = [textOf(given, 'policy'), textOf(given, 'saga')];
  if (saga !== undefined && scenarios.length !== 1) {
    throw new UserError(
      'saga-needs-scenario',
      `--saga needs exactly one scenario, not ${scenarios.length}`,
      'Name the one whose services the saga calls.',
    );
  }
  return {
    rootSeed: seedOf(given) ?? randomBytes(4).toString('hex'),
    seeds: wholeNumberOf(given, 'seeds', SEEDS) ?? 1,
    profile: profileOf(given) ?? 'storm',
    out: textOf(given, 'out') ?? OUT_DEFAULT,
    strict: isGiven(given, 'strict'),
    ...(sagas === undefined ? {} : { sagas }),
    ...(workers === undefined ? {} : { workers }),
    ...(determinismChecks === undefined ? {} : { determinismChecks }),
    ...(shrinkBudget === undefined ? {} : { shrinkBudget }),
    ...(policy === undefined ? {} : { policy }),
    ...(saga === undefined
      ? {}
      : { saga: readJson(saga, 'a saga such as scenarios/order.json in the package') }),
  };
}

/** Ctrl-C: the runs in hand are finished and reported. A second one ends the process at once. */
export function stopOnInterrupt(stop: AbortController, what = 'stopping after the runs in hand'): () => void {
  const interrupted = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
    remark(`\nsagastorm: ${what}; press ctrl-C again to stop at once.\n`);
  };
  process.on('SIGINT', interrupted);
  return () => process.off('SIGINT', interrupted);
}
