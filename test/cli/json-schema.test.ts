// The check of stored records agrees with a validator that knows all of JSON Schema.

import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JsonSchema, schemaFault } from '../../cli/json-schema.ts';
import compareSchema from '../../simulator/compare-record.schema.json' with { type: 'json' };
import runSchema from '../../simulator/run-record.schema.json' with { type: 'json' };
import tuneSchema from '../../simulator/tune-record.schema.json' with { type: 'json' };
import { broken, failing, held, inconclusive, nondeterministic } from '../reports/records.ts';

const all: readonly JsonSchema[] = [runSchema, compareSchema, tuneSchema];
const ajv = new Ajv2020({ schemas: [runSchema, compareSchema] });
const validate = ajv.getSchema('urn:sagastorm:run@1')!;

/** The paths of all values inside a value. */
function pathsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsIn(child, [...path, key]))];
}

/** A copy with something else at a path, or nothing. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : { ...(value as Record<string, unknown>) };
  if (rest.length === 0 && to === undefined) delete copy[key];
  else copy[key] = changed(copy[key], rest, to);
  return copy;
}

test('records of every verdict are as the schema says', () => {
  for (const record of [held, broken, failing(2), inconclusive, nondeterministic]) {
    expect(schemaFault(record, runSchema, all)).toBeUndefined();
  }
});

test('whatever is changed in a record, both find fault or neither does', () => {
  const records = [broken, failing(2), inconclusive, nondeterministic].map((record) => ({
    record: structuredClone(record),
    paths: pathsIn(record),
  }));
  const drawn = fc
    .constantFrom(...records)
    .chain(({ record, paths }) =>
      fc.record({ record: fc.constant(record), path: fc.constantFrom(...paths) }),
    );
  const others = fc.constantFrom<unknown>(undefined, null, -1, 0.5, 7, '', 'x', [], {}, [1], true, 'held');
  fc.assert(
    fc.property(drawn, others, ({ record, path }, other) => {
      const value = changed(record, path, other);
      if (value === undefined) return;
      expect(schemaFault(value, runSchema, all) === undefined).toBe(validate(value));
    }),
    { numRuns: 2_000 },
  );
});

test('a keyword that it does not know is refused, not passed over', () => {
  expect(() => schemaFault('x', { format: 'date' }, all)).toThrow('the keyword format');
});
