// The pages of runs, `--reporter html`: one beside each stored record, and for several a gallery that leads to them.
// They are loaded here, when somebody asks for one: what draws them takes a third of a second to load.

import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { makeFolder, writeText } from '../simulator/campaign/folder.ts';
import { shownPath } from '../simulator/campaign/load-scenario.ts';
import type { RunRecord } from '../simulator/run-record.ts';
import { HTML, type Reporting } from './reporters.ts';
import { remark } from './terminal.ts';

/** A record whose page is there. */
interface Written {
  readonly record: RunRecord;
  readonly page: string;
}

/** The pages of one command. */
export class HtmlPages {
  readonly #reporting: Reporting<RunRecord>;
  readonly #isAsked: boolean;
  /** That was named for the page, or for the gallery when there are several. */
  readonly #file: string | undefined;
  readonly #several: boolean;
  readonly #written: Written[] = [];

  constructor(reporting: Reporting<RunRecord>, several: boolean) {
    const asked = reporting.fileFor(HTML);
    this.#reporting = reporting;
    this.#isAsked = asked !== undefined;
    this.#file = asked?.file;
    this.#several = several;
  }

  /**
   * Refuses reports that would go where records are stored, or where their pages go.
   *
   * @throws UserError `same-file`
   */
  keepClear(stored: readonly string[]): void {
    const pages = stored.map((file) => this.#pageOf(file));
    const gallery = this.#several && this.#file === undefined ? [galleryOf(pages)] : [];
    const beside = this.#several || this.#file === undefined ? pages : [];
    this.#reporting.keepClear(stored, this.#isAsked ? [...beside, ...gallery] : []);
  }

  /**
   * Writes the page of a record that was stored; returns its path as people read it, if pages were asked for.
   *
   * @throws UserError `cannot-write`, `same-file`
   */
  async add(record: RunRecord, stored: string): Promise<string | undefined> {
    this.#reporting.keepClear([stored]);
    if (!this.#isAsked) return undefined;
    const { renderRunHtml } = await import('../reports/html/index.ts');
    const page = this.#pageOf(stored);
    this.#written.push({ record, page });
    const text = renderRunHtml(record, ({ debug }) =>
      debug !== undefined && existsSync(debug) ? linkFrom(page, debug) : undefined,
    );
    return writePage(page, text);
  }

  #pageOf(stored: string): string {
    return (this.#several ? undefined : this.#file) ?? beside(stored);
  }

  /**
   * Writes the gallery, if there are several pages, and says where it is.
   *
   * @throws UserError `cannot-write`
   */
  async end(): Promise<void> {
    if (!this.#several || this.#written.length === 0) return;
    const { renderGalleryHtml } = await import('../reports/html/index.ts');
    const gallery = this.#file ?? galleryOf(this.#written.map(({ page }) => page));
    const links = this.#written.map(({ page }) => linkFrom(gallery, page));
    const records = this.#written.map(({ record }) => record);
    const path = writePage(
      gallery,
      renderGalleryHtml(records, (_, i) => links[i]!),
    );
    remark(`The reports of all: ${path}\n`);
  }
}

function galleryOf(pages: readonly string[]): string {
  return join(commonFolder(pages), 'report.html');
}

/** `run.json` → `report.html`; a record of another name → a page of that name. */
function beside(stored: string): string {
  const name = basename(stored, '.json');
  return join(dirname(stored), name === 'run' ? 'report.html' : `${name}.html`);
}

/**
 * Writes a page, and its folder; returns its path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function writePage(file: string, text: string): string {
  makeFolder(dirname(file));
  writeText(file, text);
  return shownPath(file);
}

/** The innermost folder that holds the folders of all; the pages of several have one each. */
function commonFolder(pages: readonly string[]): string {
  const [first, ...others] = pages.map((page) => dirname(dirname(page)).split(sep));
  const shared = first!.findIndex((part, i) => others.some((other) => other[i] !== part));
  return (shared < 0 ? first! : first!.slice(0, shared)).join(sep) || '.';
}

function linkFrom(from: string, page: string): string {
  return relative(dirname(from), page).split(sep).map(encodeURIComponent).join('/');
}
