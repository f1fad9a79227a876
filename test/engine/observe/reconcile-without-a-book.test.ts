// Reconciliation when a book is missing and definitions are not known: what cannot be judged is told, not guessed.

import { expect, test } from 'vitest';
import { reconcile } from '../../../engine/index.ts';
import threeAm from '../../../scenarios/three-am.ts';
import { runOfBooks } from './books-of-runs.ts';

test('a book that is missing is told as steps not judged, though others have steps of that name', async () => {
  const { at, endUs } = await runOfBooks(threeAm, { seed: 'no wallet', profile: 'calm', sagas: 60 });
  const { logs, books } = at(endUs);
  expect(reconcile({ logs, books })).toMatchObject({ differences: [], unchecked: [] });
  const without = books.filter(({ service }) => service !== 'wallet');
  const found = reconcile({ logs, books: without });
  expect(found).toMatchObject({ differences: [], unchecked: ['checkout-wallet/charge'] });
});
