// Reads results that were stored: runs, comparisons and searches for a policy, told apart by their `schema`, and checked
// against the schema that is published for each.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { nearest } from '../engine/core/nearest.ts';
import { UserError } from '../engine/core/user-error.ts';
import { readJson } from '../simulator/campaign/json-file.ts';
import { quoted } from '../simulator/campaign/replay-command.ts';
import compareSchema from '../simulator/compare-record.schema.json' with { type: 'json' };
import type { CompareRecord } from '../simulator/compare-record.ts';
import runSchema from '../simulator/run-record.schema.json' with { type: 'json' };
import type { RunRecord } from '../simulator/run-record.ts';
import tuneSchema from '../simulator/tune-record.schema.json' with { type: 'json' };
import type { TuneRecord } from '../simulator/tune-record.ts';
import { type SchemaSet, schemaFault } from './json-schema.ts';

/** A record and what it is of. */
export type StoredRecord =
  | { readonly kind: 'run'; readonly file: string; readonly record: RunRecord }
  | { readonly kind: 'comparison'; readonly file: string; readonly record: CompareRecord }
  | { readonly kind: 'tuning'; readonly file: string; readonly record: TuneRecord };

const ALL: SchemaSet = [runSchema, compareSchema, tuneSchema];
const KINDS = [
  { kind: 'run', schema: runSchema },
  { kind: 'comparison', schema: compareSchema },
  { kind: 'tuning', schema: tuneSchema },
] as const;
/** What else this program writes as JSON, and what is done with it. */
const OTHERS: readonly { readonly prefix: string; hint(file: string): string }[] = [
  {
    prefix: 'sagastorm/capsule@',
    hint: (file) => `It is the capsule of a failure: see it with \`sagastorm replay ${quoted(file)}\`.`,
  },
  {
    prefix: 'sagastorm/blob@',
    hint: () => 'It is a shard of a run: `sagastorm merge` makes a record of all shards.',
  },
];
const WHAT = 'a record that `sagastorm run`, `compare` or `tune` stored, such as .sagastorm/run.json';

/**
 * Reads a stored record.
 *
 * @throws UserError `is-folder`, `file-not-found`, `bad-json` or `bad-record`
 */
export function readRecord(file: string): StoredRecord {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    const hint = `Name the record in it, such as ${join(file, 'run.json')}.`;
    throw new UserError('is-folder', `${file} is a folder, and report takes records`, hint);
  }
  const found = readJson(file, WHAT);
  const said = schemaIn(found);
  const known = KINDS.find(({ schema }) => schema.properties.schema.const === said);
  const other = typeof said === 'string' && OTHERS.find(({ prefix }) => said.startsWith(prefix));
  if (other) throw notARecord(file, `its "schema" is "${said}"`, other.hint(file));
  if (known === undefined) throw notARecord(file, strangerText(said));
  const fault = schemaFault(found, known.schema, ALL);
  if (fault !== undefined) throw notARecord(file, fault);
  return { kind: known.kind, file, record: found } as StoredRecord; // the schema says so
}

function schemaIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
}

function strangerText(said: unknown): string {
  if (typeof said !== 'string') return 'it has no "schema"';
  const names = KINDS.map(({ schema }) => schema.properties.schema.const);
  const near = nearest(said, names);
  return `its "schema" is "${said}"${near === undefined ? '' : `, and this version reads "${near}"`}`;
}

function notARecord(file: string, why: string, hint = `Give ${WHAT}.`): UserError {
  return new UserError('bad-record', `${file} is not a record that can be reported: ${why}`, hint);
}
