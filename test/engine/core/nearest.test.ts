// The known word that a misspelt one is taken for, and the hint that says so.

import { expect, test } from 'vitest';
import { nearest, suggestion } from '../../../engine/core/nearest.ts';

const FLAGS = ['seed', 'seeds', 'sagas', 'workers'];

test.each([
  ['swapped letters', 'sedes', 'seeds'],
  ['a letter too few', 'workrs', 'workers'],
  ['a letter too many', 'sagaas', 'sagas'],
  ['another case', 'SEED', 'seed'],
  ['nothing near', 'colour', undefined],
])('%s: %s is taken for %s', (_, word, found) => {
  expect(nearest(word, FLAGS)).toBe(found);
});

test('two letters that changed places are one mistake, two wrong ones are two', () => {
  expect(nearest('abc', ['xyc', 'bac'])).toBe('bac');
  expect(nearest('abc', ['xyc'])).toBeUndefined();
});

test('the hint names the nearest word and all that are known', () => {
  expect(suggestion('workrs', FLAGS)).toBe('Did you mean "workers"? Known: seed, seeds, sagas, workers.');
  expect(suggestion('colour', FLAGS, 'Flags')).toBe('Flags: seed, seeds, sagas, workers.');
  expect(suggestion('colour', [])).toBe('Known: none.');
});
