// The reports in a real browser: they open from files, with and without JavaScript, in the light and in the dark,
// wide and narrow; everybody can use them; and their buttons do what they say.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { renderBriefHtml } from '../../reports/html/compare/brief-page.ts';
import { renderComparisonHtml } from '../../reports/html/compare/page.ts';
import { renderGalleryHtml, renderRunHtml } from '../../reports/html/index.ts';
import {
  comparison,
  crowdedComparison,
  drawnComparison,
  looseFront,
  nearFront,
  promisingComparison,
  sweptComparison,
} from '../reports/comparisons.ts';
import { ALL, broken, drawn, real } from '../reports/html/records.ts';
import { inBrowser, inPage, obstacles } from './browser.ts';

const PAGES: Readonly<Record<string, string>> = {
  'a report with all sections': renderRunHtml(drawn),
  'a report of failures': renderRunHtml(broken),
  'a report of a run for real': renderRunHtml(real),
  'an older report': renderRunHtml(ALL['an older record']!),
  'a gallery': renderGalleryHtml([drawn, broken, real]),
  'a comparison': renderComparisonHtml(drawnComparison),
  'a comparison of a sweep': renderComparisonHtml(sweptComparison),
  'a comparison with service levels': renderComparisonHtml(promisingComparison),
  'a brief': renderBriefHtml(drawnComparison),
};
interface Look {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
}

const LOOKS: readonly Look[] = [
  { colorScheme: 'light', width: 400 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 400 },
];

/** All of them for the page that has most on it; to look takes seconds. */
function looksOf(name: string): readonly Look[] {
  return name === 'a report of failures' ? LOOKS : LOOKS.slice(0, 2);
}

/** How far the page can be scrolled to the right. */
function overhang(page: Page): Promise<number> {
  return inPage(page, 'document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

inBrowser((browser) => {
  describe.each(Object.entries(PAGES))('%s', (name, html) => {
    test.each(looksOf(name))(
      '$colorScheme and $width pixels wide: nothing on the console, nothing to scroll sideways, nobody kept out',
      async ({ colorScheme, width }) => {
        const { page, said } = await browser.open(html, { colorScheme, viewport: { width, height: 900 } });
        expect(await overhang(page)).toBe(0);
        expect(said).toEqual([]);
        await inPage(page, "document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        expect(await overhang(page)).toBe(0);
        expect(await obstacles(page)).toEqual([]);
      },
    );

    test('without JavaScript: the same, and no button that does nothing; on paper every table is open', async () => {
      const viewport = { width: 400, height: 900 };
      const { page, said } = await browser.open(html, { viewport, javaScriptEnabled: false });
      expect(await overhang(page)).toBe(0);
      expect(said).toEqual([]);
      expect(await page.locator('button:visible').count()).toBe(0);
      expect(await page.locator('#verdict').isVisible()).toBe(true);
      expect(await page.locator('svg[role=img]:visible').count()).toBeGreaterThan(0);
      await page.emulateMedia({ media: 'print' });
      const hidden = "[...document.querySelectorAll('table')].filter((one) => !one.checkVisibility())";
      const left = name === 'a brief' ? ['Pareto front'] : []; // one sheet
      expect(await inPage(page, `${hidden}.map((one) => one.dataset.name)`)).toEqual(left);
    });

    test('the Tab key reaches everything that can be used', async () => {
      const { page } = await browser.open(html);
      const usable = await inPage<number>(
        page,
        `window.usable = new Set([...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')].filter((one) => one.checkVisibility())); document.addEventListener('focusin', ({ target }) => window.usable.delete(target)); window.usable.size`,
      );
      expect(usable).toBeGreaterThan(3);
      for (let i = 0; i <= usable; i++) await page.keyboard.press('Tab');
      expect(await inPage(page, '[...window.usable].map((one) => one.outerHTML)')).toEqual([]);
    });
  });

  describe('a comparison', () => {
    test.each([
      ['a policy that breaks an invariant', comparison],
      ['everything that can be drawn', drawnComparison],
      ['a sweep in which all can be told apart', sweptComparison],
      ['policies that miss service levels', promisingComparison],
      ['twenty policies', crowdedComparison],
      ['a policy that is kept', { ...sweptComparison, recommended: 'default' }],
    ])('the brief of %s is printed on one sheet', async (_, record) => {
      const { page } = await browser.open(renderBriefHtml(record));
      const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
      expect(pdf.match(/\/Type \/Page(?!s)/g)).toHaveLength(1);
    });

    test.each([
      ['without service levels', sweptComparison],
      ['with service levels', promisingComparison],
    ])('the table that decides fits into its box at 1280 pixels, %s', async (_, record) => {
      const { page } = await browser.open(renderComparisonHtml(record));
      const wide =
        "[...document.querySelectorAll('#policies .table')].map((one) => one.scrollWidth - one.clientWidth)";
      expect(await inPage(page, wide)).toEqual([0]);
    });

    test.each([400, 1280])('no text of a chart is cut off, %i pixels wide', async (width) => {
      const html = renderComparisonHtml(sweptComparison);
      const { page } = await browser.open(html, { viewport: { width, height: 900 } });
      const outside = `[...document.querySelectorAll('svg[role=img]')].filter((one) => one.checkVisibility()).flatMap((svg) => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter((text) => {
          const { left, right } = text.getBoundingClientRect();
          return left < box.left - 1 || right > box.right + 1;
        }).map((text) => text.textContent);
      })`;
      expect(await inPage(page, outside)).toEqual([]);
    });

    test.each([
      ['exactly the same', 400, sweptComparison],
      ['exactly the same', 1280, sweptComparison],
      ['nearly the same', 400, nearFront],
      ['nearly the same', 1280, nearFront],
      ['loosely scattered', 400, looseFront],
      ['loosely scattered', 1280, looseFront],
    ])('of policies that are %s no name covers a point or another, %i wide', async (_, width, record) => {
      const { page } = await browser.open(renderComparisonHtml(record), { viewport: { width, height: 900 } });
      const covered = `(() => {
        const svg = [...document.querySelectorAll('#front svg')].find((one) => one.checkVisibility());
        const boxOf = (one) => one.getBoundingClientRect();
        const over = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
        const names = [...svg.querySelectorAll('text.halo')];
        if (names.length !== ${record.policies.filter(({ role }) => role !== 'control').length}) return ['names are missing'];
        const right = boxOf(svg.querySelector('.base')).right;
        return names.flatMap((name, i) => [
          ...[...svg.querySelectorAll('rect'), ...names.slice(i + 1)].filter((other) => over(boxOf(name), boxOf(other))),
          ...(boxOf(name).right > right ? [name] : []),
        ]).map((one) => one.outerHTML);
      })()`;
      expect(await inPage(page, covered)).toEqual([]);
    });

    test('the record comes out whole', async () => {
      const { page } = await browser.open(renderComparisonHtml(drawnComparison));
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save the record as JSON' }).click();
      const download = await saved;
      expect(download.suggestedFilename()).toBe('ride.compare.json');
      expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(drawnComparison);
    });
  });

  describe('a report of failures', () => {
    const html = PAGES['a report of failures']!;

    test('a deep link shows and focuses its failure', async () => {
      const { page } = await browser.open(html, { hash: '#failure-2' });
      expect(await inPage(page, 'document.activeElement.id')).toBe('failure-2');
      expect(await page.locator('#failure-2 .message').isVisible()).toBe(true);
    });

    test('a link to something in a closed part opens it', async () => {
      const { page } = await browser.open(html);
      const link = page.locator('.heatmap a').first();
      const target = (await link.getAttribute('href'))!;
      expect(await page.locator(target).isVisible()).toBe(false);
      await link.click();
      expect(await page.locator(target).isVisible()).toBe(true);
      expect(await inPage(page, 'document.activeElement.id')).toBe(target.slice(1));
    });

    test('the copy button copies the command, says so, and keeps the focus', async () => {
      const { page } = await browser.open(html, { permissions: ['clipboard-read', 'clipboard-write'] });
      await page.locator('#failure-1 .command button').first().focus();
      await page.keyboard.press('Enter');
      await page.locator('#said', { hasText: 'Copied.' }).waitFor();
      expect(await inPage(page, 'navigator.clipboard.readText()')).toBe(broken.violations[0]!.replay);
      expect(await inPage(page, 'document.activeElement.dataset.copy')).toBe(broken.violations[0]!.replay);
    });

    test('where the clipboard is refused it copies all the same', async () => {
      const { page } = await browser.open(html);
      await inPage(page, "navigator.clipboard.writeText = () => Promise.reject(new Error('refused')), 0");
      await page.locator('#failure-1 .command button').first().click();
      await page.locator('#said', { hasText: 'Copied.' }).waitFor();
    });

    test('the record comes out as it was stored', async () => {
      const { meta, ...rest } = broken;
      const { page } = await browser.open(html);
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save the record as JSON' }).click();
      const download = await saved;
      expect(download.suggestedFilename()).toBe('bank-transfer.run.json');
      expect(readFileSync(await download.path(), 'utf8')).toBe(
        `${JSON.stringify({ ...rest, meta }, undefined, 2)}\n`,
      );
    });

    test('a table comes out as CSV with bare numbers, their units, and text that is no formula', async () => {
      const { page } = await browser.open(html);
      const csvOf = async (name: string): Promise<string> => {
        const saved = page.waitForEvent('download');
        await page.getByRole('button', { name: new RegExp(`^Save as CSV\\s*: ${name}$`) }).click();
        return readFileSync(await (await saved).path(), 'utf8');
      };
      const [head, saga] = (await csvOf('Percentiles of latency')).split('\r\n');
      expect(head).toBe('Of a,Observed,p50 in µs,p90 in µs,p99 in µs,p99.9 in µs,max in µs');
      expect(saga).toBe('saga,100000,118000,900000,1204000,1300000,1400000');
      await inPage(
        page,
        "document.querySelector('table[data-name=Invariants] tbody th').dataset.value = '=1+1', 0",
      );
      expect(await csvOf('Invariants')).toContain("\r\n'=1+1,");
    });
  });
});
