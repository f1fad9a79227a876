// A real browser for tests of pages: Chromium without a window, and pages that are files. Where there is no Chromium the
// tests are skipped and say so, except on a CI server, where they fail: a check that is never made is none.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Result } from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { PATIENCE_MS } from '../patience.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const HOW = 'install chromium, or set CHROMIUM to its path';

/** A page that was opened, and what its console said. */
export interface Opened {
  readonly page: Page;
  /** Messages, warnings and errors, of the page and of its policy. */
  readonly said: readonly string[];
}

/** The browser of a test file. */
export interface TestBrowser {
  /** Opens a document from a file, as a double-click does; `hash` follows the address. */
  open(html: string, options?: BrowserContextOptions & { readonly hash?: string }): Promise<Opened>;
  /** Goes to the page of a server. */
  visit(url: string, options?: BrowserContextOptions): Promise<Opened>;
}

/** What has to be said about a machine; undefined when it has a Chromium. */
export function missing(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { CHROMIUM } = environment;
  if (CHROMIUM !== undefined)
    return existsSync(CHROMIUM) ? undefined : `there is no Chromium at ${CHROMIUM}: ${HOW}`;
  return PLACES.some((place) => existsSync(place)) ? undefined : `there is no Chromium here: ${HOW}`;
}

/** Defines the tests of a file, with one browser for all of them. */
export function inBrowser(define: (browser: TestBrowser) => void): void {
  const why = missing(process.env);
  if (why !== undefined) {
    if (process.env.CI) test(`a browser is there`, () => Promise.reject(new Error(why)));
    else test.skip(`pages in a browser: ${why}`, () => undefined);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-pages-'));
  let browser: Browser | undefined;
  let pages = 0;
  let open: BrowserContext[] = [];
  beforeAll(async () => {
    const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place))!;
    browser = await chromium.launch({ executablePath, args: FLAGS, timeout: PATIENCE_MS });
  });
  afterEach(async () => {
    for (const context of open) await context.close();
    open = [];
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Opened> {
    const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    open.push(context);
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
    await page.goto(url);
    return { page, said };
  }
  define({
    visit,
    open(html, { hash = '', ...options } = {}) {
      const file = join(folder, `page-${pages++}.html`);
      writeFileSync(file, html);
      return visit(pathToFileURL(file).href + hash, options);
    },
  });
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const LOOK = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`;

/** Less serious to axe-core, but who goes from landmark to landmark must find each, and tell them apart. */
const LANDMARKS = ['landmark-one-main', 'landmark-no-duplicate-main', 'landmark-unique', 'region'];

/** What axe-core finds that keeps people out: its serious and critical violations, and those of landmarks. */
export async function obstacles(page: Page): Promise<readonly string[]> {
  // Asked in the page: the builder for Playwright takes as long again for frames, which our pages do not have.
  await inPage(page, `${readFileSync(AXE, 'utf8')}; 0`);
  const violations = await inPage<readonly Result[]>(page, LOOK);
  return violations
    .filter(({ id, impact }) => impact === 'serious' || impact === 'critical' || LANDMARKS.includes(id))
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** A function that is run in the page. Its text is sent there, so it sees nothing of this file. */
export function inPage<Value>(page: Page, script: string): Promise<Value> {
  return page.evaluate(script) as Promise<Value>;
}
