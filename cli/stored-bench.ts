// Reads figures that `sagastorm bench --save` stored.

import schema from '../bench/bench-record.schema.json' with { type: 'json' };
import type { BenchRecord } from '../bench/bench-record.ts';
import { UserError } from '../engine/core/user-error.ts';
import { readJson } from '../simulator/campaign/json-file.ts';
import { schemaFault } from './json-schema.ts';

const WHAT = 'figures that `sagastorm bench --save <name>` stored';

/** @throws UserError `file-not-found`, `bad-json`, `bad-record` */
export function readBench(file: string): BenchRecord {
  const found = readJson(file, WHAT);
  const fault = schemaFault(found, schema, [schema]);
  if (fault === undefined) return found as BenchRecord; // the schema says so
  throw new UserError('bad-record', `${file} does not hold ${WHAT}: ${fault}`, 'Save them again.');
}
