// Which reports are made of a command's records, and where each goes: `--reporter NAME` to stdout, `--reporter NAME=FILE`
// to a file.
//
// R1. What can go wrong with the flags is said before anything is run, a file that cannot be written included.
// R2. Reports that are lines may follow one another on stdout; one that is a whole document stands there alone.
// R3. What goes to a file has no colours and the width of every terminal.

import { appendFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { UserError } from '../engine/core/user-error.ts';
import type { NotRun, PrettyOptions } from '../reports/index.ts';
import { firstLine } from '../simulator/campaign/error-data.ts';
import { checkWritable, makeFolder, writeText } from '../simulator/campaign/folder.ts';
import type { GivenFlags } from './command-line.ts';
import { didYouMean, isGiven, textsOf } from './flags.ts';
import { FILE_WIDTH, palette, print, remark, width } from './terminal.ts';

/** The reports that are pages: they go to files, beside the stored record unless one is named. */
export const HTML = 'html';
export const BRIEF_HTML = 'brief-html';
const PAGES: readonly string[] = [HTML, BRIEF_HTML];

/** One way to tell records. */
export interface Reporter<Told> {
  /** `each`: a text per record, as soon as it is there. `all`: one text of all records, at the end. */
  readonly when: 'each' | 'all';
  /** The text is a whole document of its format (R2). */
  readonly isDocument: boolean;
  render(records: readonly Told[], looks: PrettyOptions): string;
  /** What is added to the job summary, where a CI server names a file for it. */
  summary?(records: readonly Told[], notRun: readonly NotRun[]): string;
}

/** The reports of one kind of record, by what `--reporter` calls them; the first is that for people. */
export interface Reporters<Told> {
  readonly pretty: Reporter<Told>;
  readonly json: Reporter<Told>;
  readonly [name: string]: Reporter<Told>;
}

/** A report of one record after the other. */
export function each<Told>(render: (record: Told, looks: PrettyOptions) => string): Reporter<Told> {
  return {
    when: 'each',
    isDocument: false,
    render: (records, looks) => records.map((record) => render(record, looks)).join(''),
  };
}

/** A report of all records that is a whole document. */
export function documentOf<Told>(
  render: (records: readonly Told[], looks: PrettyOptions) => string,
): Reporter<Told> {
  return { when: 'all', isDocument: true, render };
}

/** A report that was asked for; without `file` it goes to stdout. */
interface Request {
  readonly name: string;
  readonly file?: string;
}

/** A record, and where it was stored, if it was. */
interface Entry<Told> {
  readonly record: Told;
  readonly stored: string | undefined;
}

/** The reports of one command. */
export class Reporting<Told> {
  readonly #given: GivenFlags;
  readonly #all: Reporters<Told>;
  readonly #requests: readonly Request[];
  readonly #entries: Entry<Told>[] = [];
  readonly #notRun: NotRun[] = [];

  /**
   * Reads `--reporter` and `--json`; by default the report for people. `effects` are names beside those of the table
   * that the command itself sees to, see {@link Reporting.fileFor}.
   *
   * @throws UserError `bad-choice`, `missing-file`, `same-file`, `same-report`, `one-document`, `json-and-reporter` or `cannot-write`
   */
  constructor(given: GivenFlags, all: Reporters<Told>, effects: readonly string[] = []) {
    this.#given = given;
    this.#all = all;
    this.#requests = withCompany(requestsOf(given, [...Object.keys(all), ...effects]), effects);
    checkEffectsDiffer(this.#requests, effects);
    const toStdout = this.#requests.filter(({ name, file }) => file === undefined && !effects.includes(name));
    checkStdout(toStdout, all);
    for (const { file } of this.#requests) if (file !== undefined) checkFile(file);
  }

  /** Of an effect: whether it was asked for, and the file that was named for it. */
  fileFor(effect: string): { readonly file?: string } | undefined {
    return this.#requests.find(({ name }) => name === effect);
  }

  /**
   * Refuses reports whose files are those of the results themselves, or of pages that stand beside them, however they are
   * spelled.
   *
   * @throws UserError `same-file`
   */
  keepClear(results: readonly string[], pages: readonly string[] = []): void {
    const here = new Map(this.#requests.flatMap(({ name, file }) => (file ? [[resolve(file), name]] : [])));
    const result = results.find((file) => here.has(resolve(file)));
    if (result !== undefined) {
      const name = here.get(resolve(result))!;
      const message = `--reporter ${name} is to go to ${result}, which is the result itself`;
      throw new UserError('same-file', message, 'Name another file.');
    }
    const taken = pages.map((file) => resolve(file));
    const page = pages.find((_, i) => here.has(taken[i]!) || taken.indexOf(taken[i]!) < i);
    if (page !== undefined) throw sameFile(page);
  }

  /** Names of the reports that were asked for. */
  get names(): readonly string[] {
    return this.#requests.map(({ name }) => name);
  }

  /** Takes a record, and prints what is told of each; `page`: where its page was written, if it was. */
  add(record: Told, stored?: string, page?: string): void {
    this.#entries.push({ record, stored });
    const looks = { ...prettyOptions(this.#given, stored), ...(page === undefined ? {} : { page }) };
    for (const { reporter, file } of this.#chosen()) {
      if (file === undefined && reporter.when === 'each') print(reporter.render([record], looks));
    }
  }

  /** Takes what came to no record: reports of all records tell it, too. */
  addNotRun(one: NotRun): void {
    this.#notRun.push(one);
  }

  /** Prints and writes the rest. */
  end(): void {
    const records = this.#entries.map(({ record }) => record);
    const looks = { ...prettyOptions(this.#given), notRun: this.#notRun };
    for (const { reporter, file } of this.#chosen()) {
      if (file !== undefined) this.#write(file, reporter);
      else if (reporter.when === 'all') print(reporter.render(records, looks));
      if (reporter.summary !== undefined) addToJobSummary(reporter.summary(records, this.#notRun));
    }
  }

  #write(file: string, reporter: Reporter<Told>): void {
    const looks = (stored?: string): PrettyOptions => ({
      ...prettyOptions(this.#given, stored),
      colors: palette(true),
      width: FILE_WIDTH,
    });
    const text =
      reporter.when === 'all'
        ? reporter.render(
            this.#entries.map(({ record }) => record),
            { ...looks(), notRun: this.#notRun },
          )
        : this.#entries.map(({ record, stored }) => reporter.render([record], looks(stored))).join('');
    makeFolder(dirname(file));
    writeText(file, text);
  }

  #chosen(): readonly { readonly reporter: Reporter<Told>; readonly file?: string }[] {
    return this.#requests.flatMap(({ name, ...where }) => {
      const reporter = Object.hasOwn(this.#all, name) ? this.#all[name] : undefined;
      return reporter === undefined ? [] : [{ reporter, ...where }];
    });
  }
}

function requestsOf(given: GivenFlags, names: readonly string[]): readonly Request[] {
  const texts = [...new Set(textsOf(given, 'reporter'))];
  if (!isGiven(given, 'json')) {
    const requests = texts.map((text) => requestIn(text, names));
    checkFilesDiffer(requests);
    return requests.length === 0 ? [{ name: 'pretty' }] : requests;
  }
  if (texts.length === 0) return [{ name: 'json' }];
  throw new UserError(
    'json-and-reporter',
    '--json prints only the record, so it cannot be combined with --reporter',
    'Write --reporter json beside the others.',
  );
}

/** Pages go to files and say nothing, so the report for people comes with them, and names them. */
function withCompany(requests: readonly Request[], effects: readonly string[]): readonly Request[] {
  const isSilent = requests.every(
    ({ name, file }) => PAGES.includes(name) && effects.includes(name) && file === undefined,
  );
  return isSilent ? [{ name: 'pretty' }, ...requests] : requests;
}

function requestIn(text: string, names: readonly string[]): Request {
  const [name, ...rest] = text.split('=') as [string, ...string[]];
  if (!names.includes(name)) {
    throw new UserError(
      'bad-choice',
      `--reporter takes one of ${names.join(', ')}, not "${name}"`,
      didYouMean(name, names),
    );
  }
  const file = rest.join('=');
  if (rest.length === 0) return { name };
  if (file !== '') return { name, file };
  const alone = PAGES.includes(name) ? 'for a page beside the result' : 'for stdout';
  throw new UserError(
    'missing-file',
    `--reporter ${name}= names no file`,
    `Write --reporter ${name}=<file>, or --reporter ${name} ${alone}.`,
  );
}

/** A page is written once. */
function checkEffectsDiffer(requests: readonly Request[], effects: readonly string[]): void {
  const names = requests.map(({ name }) => name).filter((name) => effects.includes(name));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new UserError('same-report', `--reporter ${twice} is given twice`, 'Name one file for it, or none.');
}

function checkFilesDiffer(requests: readonly Request[]): void {
  const files = requests.flatMap(({ file }) => file ?? []);
  const paths = files.map((file) => resolve(file));
  const twice = files.find((_, i) => paths.indexOf(paths[i]!) < i);
  if (twice !== undefined) throw sameFile(twice);
}

function sameFile(file: string): UserError {
  return new UserError('same-file', `two reports are to go to ${file}`, 'Give each a file of its own.');
}

/** R2. */
function checkStdout<Told>(requests: readonly Request[], all: Reporters<Told>): void {
  const document = requests.find(({ name }) => all[name]?.isDocument === true);
  if (document === undefined || requests.length === 1) return;
  const other = requests.find((request) => request !== document)!;
  throw new UserError(
    'one-document',
    `--reporter ${document.name} is a whole document, so ${other.name} cannot go to stdout beside it`,
    `Write --reporter ${document.name}=<file>.`,
  );
}

/** R1. */
function checkFile(file: string): void {
  makeFolder(dirname(file));
  checkWritable(file);
}

/** GitHub names a file to add to. That it cannot be added to changes no verdict. */
function addToJobSummary(text: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '' || text === '') return;
  try {
    appendFileSync(file, text);
  } catch (error) {
    remark(`sagastorm: cannot add to the job summary: ${firstLine(error)}.\n`);
  }
}

/** How a report looks here; `stored`: where the record was stored, if it was. */
export function prettyOptions(given: GivenFlags, stored?: string): PrettyOptions {
  const folder = folderInRepository();
  return {
    colors: palette(isGiven(given, 'no-color')),
    width: width(),
    ...(stored === undefined ? {} : { stored }),
    ...(folder === undefined ? {} : { folder }),
  };
}

/** Where the command runs, from the root that the CI server checked out; undefined at that root, or outside it. */
function folderInRepository(): string | undefined {
  const root = process.env.GITHUB_WORKSPACE;
  if (root === undefined || root === '') return undefined;
  const path = relative(root, process.cwd()).split(sep).join('/');
  return path === '' || path.startsWith('..') ? undefined : path;
}
