// What a shard leaves behind: its part of a campaign as a file, to be merged with the others.
//
// B1. A blob holds what its runs came to and no judgement: whether promises were kept, and which failures are distinct,
//     can only be said of all parts together.
// B2. Its digest is over everything else in it: a blob that was cut off or edited is refused.

import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import type { RunRecord } from '../run-record.ts';
import { type CampaignOptions, jobIn } from './campaign-options.ts';
import type { Repeated } from './determinism.ts';
import { makeFolder, writeText } from './folder.ts';
import type { Job, PreparedJob } from './job.ts';
import { readJson } from './json-file.ts';
import { shownPath } from './load-scenario.ts';
import { specInForce } from './policy-choice.ts';
import type { PackedSummary } from './run-summary.ts';
import type { SeedRuns } from './seed-runs.ts';
import { VERSION } from './source-tree.ts';

export const BLOB_SCHEMA = 'sagastorm/blob@1';

/** One of `of` parts of a campaign, `index` from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What all shards of a campaign have in common. */
export interface BlobCampaign extends Job {
  readonly rootSeed: string;
  /** Of the whole campaign. */
  readonly seeds: number;
  readonly sagas: number;
  readonly determinismChecks?: number;
  readonly shrinkBudget?: number;
  readonly strict: boolean;
  /** Of the scenario and the policy as they stood when the shard ran, and of this package. */
  readonly scenarioHash: string;
  readonly policyInForce: RunRecord['policySpec'] | null;
  readonly version: string;
}

/** The runs of a shard, in seed order. */
export interface BlobRuns {
  /** Its `fingerprints` are left to the member below. */
  readonly summary: PackedSummary;
  /** 16 bytes of each run, one after the other, in base64. */
  readonly fingerprints: string;
  /** Of those runs of the campaign that are repeated, the ones that are here. */
  readonly repeated: Repeated;
}

export interface ShardBlob {
  readonly schema: typeof BLOB_SCHEMA;
  readonly campaign: BlobCampaign;
  /** The scenario's own name. */
  readonly name: string;
  readonly shard: Shard;
  readonly runs: BlobRuns;
  /** How long it took: `runsMs` for the runs alone. Nothing that a record depends on outside its `meta`. */
  readonly meta: RunRecord['meta'] & { readonly runsMs: number };
  /** SHA-256 over all other members as JSON, in hex (B2). */
  readonly digest: string;
}

const FINGERPRINT_BYTES = 16;

/** Makes the blob of runs that are done. */
export function blobOf(
  options: CampaignOptions,
  prepared: PreparedJob,
  shard: Shard,
  { summary, fingerprints }: SeedRuns,
  repeated: Repeated,
  meta: ShardBlob['meta'],
): ShardBlob {
  const content = {
    schema: BLOB_SCHEMA,
    campaign: campaignOf(options, prepared),
    name: prepared.scenario.name,
    shard,
    runs: {
      summary: { ...summary.pack(), fingerprints: [] },
      fingerprints: Buffer.from(fingerprints.join(''), 'hex').toString('base64'),
      repeated,
    },
    meta,
  } as const;
  return { ...content, digest: digestOf(content) };
}

/** What the shards of these options have in common. */
export function campaignOf(options: CampaignOptions, prepared: PreparedJob): BlobCampaign {
  const policy = specInForce(prepared.scenario, prepared.policy);
  const { rootSeed, seeds, determinismChecks, shrinkBudget, strict = false } = options;
  return {
    ...jobIn(options),
    rootSeed,
    seeds,
    sagas: prepared.sagas,
    ...(determinismChecks === undefined ? {} : { determinismChecks }),
    ...(shrinkBudget === undefined ? {} : { shrinkBudget }),
    strict,
    scenarioHash: prepared.hash,
    policyInForce: policy === undefined ? null : { ...policy },
    version: VERSION,
  };
}

/** The fingerprints of a blob's runs, in order. */
export function fingerprintsOf({ runs }: ShardBlob): readonly string[] {
  const bytes = Buffer.from(runs.fingerprints, 'base64');
  return Array.from({ length: bytes.length / FINGERPRINT_BYTES }, (_, i) =>
    bytes.toString('hex', i * FINGERPRINT_BYTES, (i + 1) * FINGERPRINT_BYTES),
  );
}

/**
 * Writes a blob to `file`, or under `<out>/blobs/`; returns its path, relative to where the command runs.
 *
 * @throws UserError `cannot-write`
 */
export function writeBlob(blob: ShardBlob, out: string, file = defaultFile(blob, out)): string {
  makeFolder(dirname(file));
  writeText(file, `${JSON.stringify(blob)}\n`);
  return shownPath(file);
}

function defaultFile({ name, shard }: ShardBlob, out: string): string {
  return join(out, 'blobs', `${name}-${shard.index}-of-${shard.of}.json`);
}

/**
 * Reads a blob.
 *
 * @throws UserError `file-not-found`, `bad-json` or `bad-blob`
 */
export function readBlob(path: string): ShardBlob {
  const found = readJson(path, 'a blob that `sagastorm run --shard` wrote');
  const wrong = faultOf(found);
  if (wrong === undefined) return found as ShardBlob;
  throw new UserError(
    'bad-blob',
    `${path} is not a blob that can be merged: ${wrong}`,
    'Blobs are the files that `sagastorm run --shard i/n` writes into .sagastorm/blobs/; run that shard again.',
  );
}

/** What keeps a value from being a blob, or undefined. */
function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it holds no JSON object';
  const { digest, ...content } = value as Readonly<Record<string, unknown>>;
  const { schema } = content;
  if (typeof schema === 'string' && schema.startsWith('sagastorm/blob@') && schema !== BLOB_SCHEMA)
    return `its "schema" is "${schema}", and this version reads "${BLOB_SCHEMA}"`;
  if (schema !== BLOB_SCHEMA) return `its "schema" is not "${BLOB_SCHEMA}"`;
  if (digest !== digestOf(content)) return 'it is damaged, its digest is of another content';
  return undefined;
}

function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
