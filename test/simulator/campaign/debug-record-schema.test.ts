// The published schema describes what the debugger's records hold, and refuses what they do not.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { debugCapsule, debugSeed } from '../../../simulator/campaign/index.ts';
import schema from '../../../simulator/debug-record.schema.json' with { type: 'json' };
import { TRACE } from '../../../simulator/world/world.ts';
import { capsulesOf } from './debug-capsules.ts';

const validate = new Ajv2020({ allErrors: true }).compile(schema);

function faultsOf(record: unknown): readonly string[] {
  validate(record);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const [found] = await capsulesOf('compensates-only-completed', { seeds: 1 });
const record = await debugCapsule(found!.capsule, found!.path);
const held = await debugSeed({ scenario: 'bank-transfer', profile: 'storm', sagas: 5 }, 'calm');

test('records of capsules and of seeds are valid', () => {
  expect(record.violations.length).toBeGreaterThan(0);
  for (const one of [record, held]) expect(faultsOf(one)).toEqual([]);
});

test('every kind of event that a trace has is known to it', () => {
  const kinds: readonly string[] = schema.$defs.event.properties.kind.enum;
  expect(Object.keys(TRACE).filter((kind) => !kinds.includes(kind))).toEqual([]);
});

test('later versions may add what they like', () => {
  expect(faultsOf({ ...record, added: 1 })).toEqual([]);
});

const [event, ...events] = record.events;

test.each<[string, unknown, string]>([
  ['another schema', { ...record, schema: 'sagastorm/run@1' }, '/schema const'],
  ['a record without events', { ...record, events: undefined }, ' required'],
  [
    'an event of no kind',
    { ...record, events: [{ ...event, kind: 'miracle' }, ...events] },
    '/events/0/kind enum',
  ],
  ['an event without words', { ...record, events: [{ ...event, words: undefined }] }, '/events/0 required'],
  ['a message to nobody', { ...record, messages: [{ kind: 'ask', from: 1 }] }, '/messages/0 required'],
  ['a past with an event twice', { ...record, past: [1, 1] }, '/past uniqueItems'],
  [
    'half a change',
    { ...record, events: [{ ...event, changes: [{ kind: 'saga' }] }] },
    '/events/0/changes/0 oneOf',
  ],
])('%s is refused', (_, wrong, fault) => {
  expect(faultsOf(JSON.parse(JSON.stringify(wrong)))).toContain(fault);
});
