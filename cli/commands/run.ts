// `sagastorm run`: scenarios through the storm. Ends in the worst of their verdicts.

import { randomBytes } from 'node:crypto';
import { UserError } from '../../engine/core/user-error.ts';
import { runCampaign } from '../../simulator/campaign/campaign.ts';
import type { CampaignOptions } from '../../simulator/campaign/campaign-options.ts';
import { makeFolder } from '../../simulator/campaign/folder.ts';
import { prepare } from '../../simulator/campaign/job.ts';
import { scenarioNames } from '../../simulator/campaign/load-scenario.ts';
import { type ShardBlob, writeBlob } from '../../simulator/campaign/shard-blob.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import type { GivenFlags } from '../command-line.ts';
import { withDebugPages } from '../debug-pages.ts';
import { codeOfVerdict, EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { isGiven, seedOf, shardOf, textOf, wholeNumberOf } from '../flags.ts';
import { HtmlPages } from '../html-pages.ts';
import { showing } from '../progress.ts';
import { BLOB, RUN_EFFECTS, RUN_REPORTERS } from '../report-tables.ts';
import { Reporting } from '../reporters.ts';
import { checkNamesDiffer, recordFile, storeRecord } from '../result-files.ts';
import { withRunConfig } from '../run-config.ts';
import { remark } from '../terminal.ts';
import { tellError, wordsOf } from '../told-error.ts';
import { jobOf } from './one-run.ts';
import { checkShardFlags, runShards } from './run-shard.ts';

const SEEDS = { min: 1, max: 10_000_000 };
export const WORKERS = { min: 1, max: 256 };
const CHECKS = { min: 0, max: 10_000_000 };
export const SHRINK_BUDGET = { min: 0, max: 1_000_000_000 };
export const OUT_DEFAULT = '.sagastorm';

/** What is the same for every scenario of one command. */
type Shared = Omit<CampaignOptions, 'scenario' | 'onProgress' | 'signal'> & { readonly out: string };

export async function run(typed: readonly string[], typedFlags: GivenFlags): Promise<ExitCode> {
  const { words, given } = await withRunConfig(typed, typedFlags);
  const reporting = new Reporting(given, RUN_REPORTERS, [...RUN_EFFECTS, BLOB]);
  const quiet = isGiven(given, 'quiet');
  const scenarios = words.length > 0 ? words : scenarioNames();
  const shard = shardOf(given);
  if (shard !== undefined) checkShardFlags(given, reporting.names);
  checkBlobFile(reporting, scenarios);
  const shared = sharedOptions(given, scenarios);
  const prepared = await preparedOf(shared, scenarios);
  const stored = prepared.map(({ name }) => recordFile(name, shared.out, scenarios.length > 1));
  const pages = new HtmlPages(reporting, scenarios.length > 1);
  pages.keepClear(stored);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  const keep = blobKeeper(reporting, shared.out);
  try {
    makeFolder(shared.out);
    if (shard !== undefined) {
      const { signal } = stop;
      const options = scenarios.map((scenario) => ({ ...shared, scenario, signal }));
      return await runShards(options, shard, reporting.fileFor(BLOB)?.file, quiet);
    }
    const codes: ExitCode[] = [];
    for (const scenario of scenarios) {
      if (stop.signal.aborted) break;
      try {
        const found = await showing(scenario, quiet, (progress) =>
          runCampaign({ ...shared, scenario, signal: stop.signal, ...progress }, keep),
        );
        const record = await withDebugPages(found, shared.out, given);
        const stored = storeRecord(record, shared.out, scenarios.length > 1);
        reporting.add(record, stored, await pages.add(record, stored));
        codes.push(codeOfVerdict(record.verdict));
      } catch (error) {
        codes.push(tellError(error)); // the others are run and told
        reporting.addNotRun({ scenario, at: new Date().toISOString(), ...wordsOf(error) });
      }
    }
    reporting.end();
    await pages.end();
    return stop.signal.aborted ? EXIT.interrupted : worst(codes);
  } finally {
    letGo();
  }
}

/**
 * Everything that can be wrong with a scenario is said before the first is run.
 *
 * @throws UserError as `prepare`, and `same-scenario`
 */
async function preparedOf(shared: Shared, scenarios: readonly string[]) {
  const all: { readonly given: string; readonly name: string }[] = [];
  for (const scenario of scenarios)
    all.push({ given: scenario, name: (await prepare({ ...shared, scenario })).scenario.name });
  checkNamesDiffer(all);
  return all;
}

/** A campaign in one piece is its only shard, too. */
function blobKeeper(reporting: Reporting<RunRecord>, out: string): ((blob: ShardBlob) => void) | undefined {
  const asked = reporting.fileFor(BLOB);
  return asked === undefined ? undefined : (blob) => void writeBlob(blob, out, asked.file);
}

/** @throws UserError `blob-file` */
function checkBlobFile(reporting: Reporting<RunRecord>, scenarios: readonly string[]): void {
  const file = reporting.fileFor(BLOB)?.file;
  if (file === undefined || scenarios.length === 1) return;
  throw new UserError(
    'blob-file',
    `--reporter blob=${file} is one file, and there are ${scenarios.length} scenarios with a blob each`,
    'Write --reporter blob: they are then named after their scenarios.',
  );
}

function sharedOptions(given: GivenFlags, scenarios: readonly string[]): Shared {
  const workers = wholeNumberOf(given, 'workers', WORKERS);
  const determinismChecks = wholeNumberOf(given, 'check-determinism', CHECKS);
  const shrinkBudget = wholeNumberOf(given, 'shrink-budget', SHRINK_BUDGET);
  const { scenario: _, ...job } = jobOf('', given); // the same for every scenario
  if (job.saga !== undefined && scenarios.length !== 1) {
    throw new UserError(
      'saga-needs-scenario',
      `--saga needs exactly one scenario, not ${scenarios.length}`,
      'Name the one whose services the saga calls.',
    );
  }
  return {
    ...job,
    rootSeed: seedOf(given) ?? randomBytes(4).toString('hex'),
    seeds: wholeNumberOf(given, 'seeds', SEEDS) ?? 1,
    out: textOf(given, 'out') ?? OUT_DEFAULT,
    strict: isGiven(given, 'strict'),
    ...(workers === undefined ? {} : { workers }),
    ...(determinismChecks === undefined ? {} : { determinismChecks }),
    ...(shrinkBudget === undefined ? {} : { shrinkBudget }),
  };
}

/** Ctrl-C, or a CI server that cancels: the runs in hand are finished and reported. A second one ends the process at once. */
export function stopOnInterrupt(stop: AbortController, what = 'stopping after the runs in hand'): () => void {
  const interrupted = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
    remark(`\nsagastorm: ${what}; press ctrl-C again to stop at once.\n`);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupted);
  return () => {
    for (const signal of signals) process.off(signal, interrupted);
  };
}
