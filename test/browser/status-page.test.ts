// The pages of a server as people see them: on a phone and on a screen, with and without JavaScript, by keyboard.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { MemoryStore } from '../../engine/live/index.ts';
import { storeFailed } from '../../engine/live/saga-catalogue.ts';
import { EXAMPLE, type Served, served } from '../engine/api/served.ts';
import { APPLIED, LOST, NO } from '../engine/live/stage.ts';
import { inBrowser, inPage, obstacles } from './browser.ts';

const WIDTHS = [390, 768, 1280];
const LONG = `order-${'4711-'.repeat(18)}z`;

/** Two sagas wait for a person; one of them has a long name. */
async function stuck(): Promise<Served> {
  const one = await served({
    answer: ({ action }) => (action === 'reserve' ? APPLIED : action === 'charge' ? NO : LOST),
  });
  for (const id of ['order-1', LONG]) {
    await one.host.createFromJson(EXAMPLE, { id });
    await one.host.whenEnded(id);
  }
  return one;
}

function overhang(page: Page): Promise<number> {
  return inPage(page, 'document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

inBrowser((browser) => {
  test.each(WIDTHS)(
    'the status page, %i pixels wide: nothing to scroll sideways, nobody kept out',
    async (width) => {
      const { api } = await stuck();
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, said } = await browser.visit(api.url, {
          viewport: { width, height: 900 },
          colorScheme,
        });
        await page.locator('#live', { hasText: 'Live' }).waitFor();
        expect(await overhang(page)).toBe(0);
        expect(await obstacles(page)).toEqual([]);
        expect(said).toEqual([]);
      }
    },
  );

  test('where there is room a stuck saga is a row below its heads, and on a phone a card that says what is what', async () => {
    const { api } = await stuck();
    const { page } = await browser.visit(api.url, { viewport: { width: 390, height: 900 } });
    const label = (): Promise<string> =>
      inPage(
        page,
        "getComputedStyle(document.querySelector('#stuck tr').lastElementChild, '::before').content",
      );
    const lefts = (): Promise<readonly number[]> =>
      inPage(
        page,
        "[...document.querySelector('#stuck tr').cells].map((one) => Math.round(one.getBoundingClientRect().left))",
      );
    expect(await label()).toContain('What to do');
    expect(new Set(await lefts()).size).toBe(1);
    expect(await page.locator('#stuck-table thead').isVisible()).toBe(false);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await label()).toBe('none');
    expect(new Set(await lefts()).size).toBe(6);
    expect(await page.locator('#stuck-table thead').isVisible()).toBe(true);
  });

  test('with JavaScript it says the same as without, and its commands ask this server', async () => {
    const { api } = await stuck();
    const read = async (javaScriptEnabled: boolean): Promise<readonly string[]> => {
      const { page } = await browser.visit(api.url, { javaScriptEnabled });
      if (javaScriptEnabled) await page.locator('#live', { hasText: 'Live' }).waitFor();
      const texts = await page.locator('#stuck th, #stuck td, .card b').allTextContents();
      return texts
        .filter((text) => !/^(–|[\d.]+\/s)$/.test(text)) // rates are none before two were seen
        .map((text) => text.replaceAll(/[\d.,]+ (µs|ms|s|min|h|days)\b/g, 'a while'));
    };
    const without = await read(false);
    expect(await read(true)).toEqual(without);
    expect(without).toContain('a while');
    const command = `sagastorm repair resume order-1 --by NAME --url ${api.url}`;
    expect(without.filter((text) => text.endsWith(command))).toHaveLength(1);
  });

  test('S2: a command that somebody marks stays marked while the page goes on', async () => {
    const { api } = await stuck();
    const { page } = await browser.visit(api.url);
    await page.locator('#live', { hasText: 'Live' }).waitFor();
    await page.locator('#stuck code').first().selectText();
    const marked = await inPage<string>(page, 'String(getSelection())');
    expect(marked).toContain('sagastorm repair resume');
    const before = await page.textContent('#at');
    await page.locator('#at', { hasNotText: before! }).waitFor();
    expect(await inPage(page, 'String(getSelection())')).toBe(marked);
  });

  test('when the store is away the page says so, and leads back when it is there again', async () => {
    const store = new MemoryStore();
    const counts = store.counts.bind(store);
    store.counts = () => Promise.reject(storeFailed(new Error('gone')));
    const { api } = await served({ catalogue: store });
    const { page } = await browser.visit(api.url, { viewport: { width: 390, height: 900 } });
    expect(await page.textContent('main')).toContain('The store cannot be asked at present.');
    expect(await overhang(page)).toBe(0);
    expect(await obstacles(page)).toEqual([]);
    store.counts = counts;
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#live', { hasText: 'Live' }).waitFor();
  });

  test.each(WIDTHS)(
    'the documents, %i pixels wide: nothing to scroll sideways, and the keyboard reaches what scrolls',
    async (width) => {
      const { api } = await served();
      const { page, said } = await browser.visit(`${api.url}/docs`, { viewport: { width, height: 900 } });
      expect(await overhang(page)).toBe(0);
      expect(await obstacles(page)).toEqual([]);
      expect(said).toEqual([]);
      const unreachable = `[...document.querySelectorAll('*')].filter((one) => one.scrollWidth > one.clientWidth && getComputedStyle(one).overflowX === 'auto' && one.tabIndex < 0).length`;
      expect(await inPage(page, unreachable)).toBe(0);
    },
  );
});
