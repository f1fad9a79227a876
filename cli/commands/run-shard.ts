// `sagastorm run --shard i/n`: a part of the runs, left as a blob. It ends in 0 when the blob is there, whatever is in it:
// the verdict is that of all shards, and `sagastorm merge` gives it.

import { UserError } from '../../engine/core/user-error.ts';
import { counted, number } from '../../reports/wording.ts';
import { checkEnoughRuns, runShard } from '../../simulator/campaign/campaign.ts';
import type { CampaignOptions } from '../../simulator/campaign/campaign-options.ts';
import { type Shard, type ShardBlob, writeBlob } from '../../simulator/campaign/shard-blob.ts';
import type { GivenFlags } from '../command-line.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { isGiven, textsOf } from '../flags.ts';
import { showing } from '../progress.ts';
import { BLOB } from '../report-tables.ts';
import { print } from '../terminal.ts';
import { tellError } from '../told-error.ts';

/**
 * Refuses what a part cannot do.
 *
 * @throws UserError `shard-needs-seed` or `shard-and-reporter`
 */
export function checkShardFlags(given: GivenFlags, reporters: readonly string[]): void {
  if (textsOf(given, 'seed').length === 0) {
    throw new UserError(
      'shard-needs-seed',
      '--shard needs --seed: a seed that each shard chooses for itself is not that of the others',
      'Give all shards the same, such as --seed nightly.',
    );
  }
  const isAsked = isGiven(given, 'json') || textsOf(given, 'reporter').length > 0;
  const other = isAsked ? reporters.find((name) => name !== BLOB) : undefined;
  if (other === undefined) return;
  throw new UserError(
    'shard-and-reporter',
    `--shard leaves a blob, and ${isGiven(given, 'json') ? '--json' : `--reporter ${other}`} is of all shards together`,
    'Give it to `sagastorm merge`.',
  );
}

/** Runs the same shard of every campaign; says of each in one line where its blob is. */
export async function runShards(
  campaigns: readonly (CampaignOptions & { readonly out: string })[],
  shard: Shard,
  file: string | undefined,
  quiet: boolean,
): Promise<ExitCode> {
  for (const { seeds } of campaigns) checkEnoughRuns(shard, seeds);
  const codes: ExitCode[] = [];
  for (const campaign of campaigns) {
    if (campaign.signal?.aborted === true) break;
    try {
      const blob = await showing(campaign.scenario, quiet, (progress) =>
        runShard({ ...campaign, ...progress }, shard),
      );
      print(lineOf(blob, shard, campaign.seeds, writeBlob(blob, campaign.out, file)));
    } catch (error) {
      codes.push(tellError(error)); // the others are run and told
    }
  }
  return campaigns.some(({ signal }) => signal?.aborted === true) ? EXIT.interrupted : worst(codes);
}

function lineOf({ name, runs }: ShardBlob, { index, of }: Shard, seeds: number, file: string): string {
  const { total, violated, inconclusive } = runs.summary.runs;
  const parts = [
    `shard ${index}/${of}`,
    name,
    `${number(total)} of ${counted(seeds, 'run')}`,
    `${number(violated)} violated`,
    `${number(inconclusive)} inconclusive`,
    file,
  ];
  return `${parts.join(' · ')}\n`;
}
