// A run as events: a line each, from the start to the verdict.

import { expect, test } from 'vitest';
import { renderNdjson } from '../../reports/index.ts';
import { broken, failing, inconclusive, nondeterministic } from './records.ts';

function eventsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

test('begins with the start, ends with the verdict, and has a violation a line between them', () => {
  const events = eventsOf(renderNdjson(failing(3)));
  expect(events.map(({ kind }) => kind)).toEqual(['start', 'violation', 'violation', 'violation', 'verdict']);
  expect(events[0]).toMatchObject({
    schema: 'sagastorm/events@1',
    scenario: 'bank-transfer',
    rootSeed: 'nightly',
  });
  expect(events[1]).toMatchObject({
    invariant: 'money-conserved',
    seed: 'nightly/1841',
    message: 'failure number 0',
  });
  expect(events[4]).toMatchObject({ verdict: 'violated', runs: { violated: 1 } });
});

test('what was missed, what never happened, what differed and what was left open are events, too', () => {
  const kinds = [broken, nondeterministic, inconclusive].map((record) =>
    eventsOf(renderNdjson(record))
      .slice(1, -1)
      .map(({ kind }) => kind),
  );
  expect(kinds).toEqual([
    ['never-true', 'slo-missed'],
    ['nondeterministic'],
    Array.from({ length: 7 }, () => 'inconclusive'),
  ]);
});
