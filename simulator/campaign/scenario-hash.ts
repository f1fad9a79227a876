// Tells whether a scenario is still the one that a capsule was made from.
//
// Covered: the text of the scenario's file, the saga given with `--saga`, and the scenario as it was built, its
// functions as text: so also definitions, policies and latencies that come from other files. Not covered: the
// inside of imported participants, schemas and the engine; a change there shows in the fingerprint of the replay.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Scenario } from '../scenario.ts';

/** 64 bits in hex, from SHA-256. The same source built to JavaScript is another text and has another hash. */
export function scenarioHash(scenario: Scenario, file: string): string {
  const hash = createHash('sha256');
  hash.update(readFileSync(file, 'utf8'));
  hash.update(JSON.stringify(scenario, hashable));
  return hash.digest('hex').slice(0, 16);
}

/** Functions as text; a schema is a library's own object, of any shape, and may change while it is used. */
function hashable(_key: string, value: unknown): unknown {
  if (typeof value === 'function') return String(value);
  return typeof value === 'object' && value !== null && '~standard' in value ? 'schema' : value;
}
