// The debugger as a person uses it: opened from disk, gone through by keyboard, in light and dark, wide and narrow, with
// and without JavaScript.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { mermaid } from '../../reports/html/debug/mermaid.ts';
import { renderDebugger } from '../../reports/html/debug/page.ts';
import { debugCapsule } from '../../simulator/campaign/index.ts';
import { capsulesOf } from '../simulator/campaign/debug-capsules.ts';
import { inBrowser, obstacles } from './browser.ts';

const found = (await capsulesOf('compensates-only-completed')).find(
  ({ capsule }) => capsule.violation.invariant === 'all-or-nothing',
)!;
const record = await debugCapsule(found.capsule, found.path);
const document = renderDebugger(record);

inBrowser((browser) => {
  const wrong: string[] = [];

  async function open(hash = '', options: BrowserContextOptions = {}): Promise<Page> {
    const { page, said } = await browser.open(document, { hash, ...options });
    page.on(
      'request',
      (request) => request.url().startsWith('file:') || wrong.push(`asked for ${request.url()}`),
    );
    page.on('close', () => wrong.push(...said));
    return page;
  }

  const at = async (page: Page): Promise<number> => Number(await page.textContent('#at-number'));
  const end = (): number => record.violations[0]!.event;
  const struck = (): readonly number[] =>
    [...new Set(record.faults.flatMap(({ event }) => event ?? []))].sort((a, b) => a - b);

  test('it begins at the violation, and says in words what happened there', async () => {
    const page = await open();
    expect(await at(page)).toBe(end());
    const words = record.events.find(({ index }) => index === end())!.words;
    expect(await page.textContent('#at-words')).toContain(words);
    expect(await page.textContent('#at-words')).toContain(record.violations[0]!.message);
    expect(await page.getAttribute('#scrub', 'aria-valuetext')).toContain(words);
  });

  test('arrows go from one shown event to the next, ten with Shift; Home and End to the ends', async () => {
    const page = await open();
    const { past } = record;
    const pressed = async (...keys: readonly string[]): Promise<number> => {
      for (const key of keys) await page.keyboard.press(key);
      return at(page);
    };
    expect(await pressed('Home')).toBe(past[0]);
    expect(await pressed('ArrowRight')).toBe(past[1]);
    expect(await pressed('ArrowRight', 'ArrowRight', 'ArrowLeft')).toBe(past[2]);
    expect(await pressed('Home', 'Shift+ArrowRight')).toBe(past[Math.min(10, past.length - 1)]);
    expect(await pressed('Shift+ArrowLeft')).toBe(past[0]);
    expect(await pressed('ArrowLeft')).toBe(past[0]);
    expect(await pressed('End')).toBe(past.at(-1));
    await page.focus('#scrub');
    expect(await pressed('Home', 'ArrowRight')).toBe(past[1]);
  });

  test('n and p go to the faults, v to the violation', async () => {
    const page = await open();
    await page.keyboard.press('Home');
    for (const event of struck()) {
      await page.keyboard.press('n');
      expect(await at(page)).toBe(event);
      expect(await page.textContent('#at-words')).toContain('Fault: ');
    }
    for (const event of struck().slice(0, -1).reverse()) {
      await page.keyboard.press('p');
      expect(await at(page)).toBe(event);
    }
    await page.keyboard.press('v');
    expect(await at(page)).toBe(end());
  });

  test('keys with a modifier, and those that scroll a table, are left alone', async () => {
    const page = await open();
    await page.keyboard.press('Control+ArrowLeft');
    await page.focus('#events .table');
    await page.keyboard.press('ArrowLeft');
    expect(await at(page)).toBe(end());
  });

  test('the address names the event, and leads back to it', async () => {
    const page = await open(`#event-${record.past[2]}`);
    expect(await at(page)).toBe(record.past[2]);
    await page.keyboard.press('ArrowRight');
    expect(new URL(page.url()).hash).toBe(`#event-${record.past[3]}`);
    await page.evaluate(`location.hash = 'event-${record.past[1]}'`);
    await page.waitForFunction(`document.querySelector('#at-number').textContent === '${record.past[1]}'`);
    await page.click(`.faults a >> nth=0`);
    expect(await at(page)).toBe(record.faults[0]!.event);
  });

  test('a link to an event that had no part in it shows everything', async () => {
    const other = record.events.find(({ index }) => !record.past.includes(index))!;
    const page = await open(`#event-${other.index}`);
    expect(await at(page)).toBe(other.index);
    expect(await page.getAttribute('#show-all', 'aria-pressed')).toBe('true');
  });

  test('everything is shown when it is asked for, and hidden again', async () => {
    const page = await open();
    const rows = (): Promise<number> => page.locator('.wide .row').count();
    expect(await rows()).toBe(record.past.length);
    await page.click('#show-all');
    expect(await rows()).toBe(record.events.length);
    await page.keyboard.press('End');
    expect(await at(page)).toBe(record.events.at(-1)!.index);
    await page.click('#show-all');
    expect(await rows()).toBe(record.past.length);
    expect(await at(page)).toBe(end());
  });

  test('a row that is clicked is the one that is looked at, and the books are those of its moment', async () => {
    const page = await open();
    const effect = record.events.find(({ kind, index }) => kind === 'effect' && record.past.includes(index))!;
    const key = `books/${effect.saga}/${effect.step}`;
    await page.click(`.wide [data-event="${record.past[0]}"]`);
    expect(await page.textContent(`[data-cell="${key}"]`)).toBe('nothing');
    await page.click(`.wide [data-event="${effect.index}"]`);
    expect(await page.textContent(`[data-cell="${key}"]`)).toBe('booked once: stands');
    expect(await page.getAttribute(`[data-cell="${key}"]`, 'class')).toContain('changed');
    await page.keyboard.press('v');
    expect(await page.getAttribute(`[data-cell="${key}"]`, 'class')).toContain('amiss');
  });

  test('the command, the test and the Mermaid diagram are copied as they are', async () => {
    const page = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
    const copied = async (button: string): Promise<string> => {
      await page.click(button);
      await page.waitForSelector(`${button}[data-done=yes]`);
      return page.evaluate('navigator.clipboard.readText()');
    };
    expect(await copied('.verdict .command button')).toBe(record.replay);
    expect(await copied('button:has-text("vitest test")')).toBe(record.test);
    expect(await copied('button:has-text("Mermaid")')).toBe(mermaid(record));
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing serious, %s, wide and narrow',
    async (colorScheme) => {
      for (const width of [1280, 400]) {
        const page = await open('', { colorScheme, viewport: { width, height: 900 } });
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        expect(await obstacles(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      }
    },
  );

  test('without JavaScript it is read as it is: the drawing, the table, the state at the violation', async () => {
    const page = await open(`#event-${record.past[1]}`, { javaScriptEnabled: false });
    expect(await page.locator('.wide .row').count()).toBe(record.past.length);
    expect(await page.locator('.wide .row').first().isVisible()).toBe(true);
    expect(await page.locator('#events tbody tr').first().isVisible()).toBe(true);
    expect(await page.locator('#scrub').isVisible()).toBe(false);
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(await page.textContent('#at-number')).toBe(String(end()));
  });

  test('nothing went wrong in the page, and nothing was asked of a network', () => {
    expect(wrong).toEqual([]);
  });
});
