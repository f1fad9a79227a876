// The page of several reports: each has a card and a row that lead to its own page.

import { expect, test } from 'vitest';
import { renderGalleryHtml } from '../../../reports/html/index.ts';
import { withoutMeta } from '../../../reports/html/page.ts';
import { all, one, pageTree, rowsOf, text } from './page-tree.ts';
import { broken, drawn } from './records.ts';

const ride = { ...drawn, scenario: 'ride/x y' };

test('each record has a card with its verdict, outcomes and percentiles, which leads to its report', () => {
  const page = pageTree(renderGalleryHtml([broken, ride]));
  const cards = all(page, '.cards > li');
  expect(cards.map((card) => one(card, 'h2 a').getAttribute('href'))).toEqual([
    'bank-transfer/report.html',
    'ride%2Fx%20y/report.html',
  ]);
  expect(text(cards[0]!, 'h2')).toBe('bank-transfer ✗ Violated');
  expect(text(cards[1]!, 'svg desc')).toContain('completed 71.2 % (71,200)');
  expect(cards[1]!.textContent).toContain('Half ended within 118 ms, 99 % within 1,204 ms of virtual time.');
});

test('a failure on a card leads to its card in the report', () => {
  const page = pageTree(renderGalleryHtml([broken, ride], (_, i) => `${i}.html`));
  expect(all(page, '.cards li li a').map((link) => link.getAttribute('href'))).toEqual([
    '0.html#failure-1',
    '0.html#failure-2',
  ]);
});

test('the verdict of all stands first', () => {
  expect(text(pageTree(renderGalleryHtml([broken, ride])), '#verdict h2')).toBe(
    '✗ 1 of 2 scenarios did not pass',
  );
  expect(text(pageTree(renderGalleryHtml([ride])), '#verdict h2')).toBe('✓ The one scenario held');
  expect(text(pageTree(renderGalleryHtml([ride, drawn])), '#verdict h2')).toBe('✓ All 2 scenarios held');
});

test('all of them stand in one table', () => {
  expect(
    rowsOf(pageTree(renderGalleryHtml([broken, ride])), 'All scenarios').map((row) => row.slice(0, 3)),
  ).toEqual([
    ['bank-transfer', '✗ Violated', '20'],
    ['ride/x y', '✓ Held', '1,000'],
  ]);
});

test('equal records give equal bytes outside the meta block', () => {
  const later = { ...ride, meta: { ...ride.meta, wallMs: 1, startedAt: 'later' } };
  expect(withoutMeta(renderGalleryHtml([broken, later]))).toBe(
    withoutMeta(renderGalleryHtml([broken, ride])),
  );
});
