// Finds and loads scenarios: those of the package by name, those of a user by path. Every way in which a file
// can be wrong ends in a UserError of one sentence.

import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suggestion } from '../../engine/core/nearest.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Scenario } from '../scenario.ts';
import { thrownAt } from '../thrown-place.ts';
import { firstLine, isUserError } from './error-data.ts';
import { commonJsManifest, misread } from './module-kind.ts';
import { isNotBuilt, MODULE_EXTENSION, SCENARIOS_FOLDER } from './source-tree.ts';

/** A scenario and the file that it came from (absolute). */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly file: string;
}

/** One line of `sagastorm list`. */
export interface ScenarioSummary {
  readonly name: string;
  readonly title: string;
  readonly sagas: readonly string[];
  readonly policies: readonly string[];
  readonly sagasPerRun: number;
}

const LOADING_MS = 30_000;
const LOADABLE = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a scenario by its name, or by the path of a `.ts`, `.mts`, `.js` or `.mjs` file.
 *
 * @throws UserError `unknown-scenario`, `scenario-not-found`, `scenario-broken`, `not-built` or `not-a-scenario`; and
 * whatever UserError the file itself throws, for example for a saga with a cycle.
 */
export async function loadScenario(nameOrPath: string): Promise<LoadedScenario> {
  const file = isPath(nameOrPath) ? fileOfPath(nameOrPath) : fileOfName(nameOrPath);
  return { scenario: scenarioIn(await importFile(file), file), file };
}

/** Names of the scenarios that come with the package, sorted. */
export function scenarioNames(): readonly string[] {
  return readdirSync(SCENARIOS_FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isModule(entry.name))
    .map((entry) => basename(entry.name, MODULE_EXTENSION))
    .sort();
}

/**
 * What `sagastorm list` shows of every scenario that comes with the package.
 *
 * @throws UserError when one of them cannot be loaded
 */
export async function listScenarios(): Promise<readonly ScenarioSummary[]> {
  const loaded = await Promise.all(scenarioNames().map(loadScenario));
  return loaded.map(({ scenario: { name, title, sagas, policies, sagasPerRun } }) => ({
    name,
    title,
    sagas: sagas.map((saga) => saga.name),
    policies: policies.map((policy) => policy.name),
    sagasPerRun,
  }));
}

/** A path as people read it: relative to where they are, unless it is somewhere else. */
export function shownPath(file: string): string {
  const path = relative('', file);
  return path === '' || path.startsWith('..') ? resolve(file) : path;
}

function isModule(name: string): boolean {
  return name.endsWith(MODULE_EXTENSION) && !name.endsWith(`.d${MODULE_EXTENSION}`);
}

function isPath(nameOrPath: string): boolean {
  return /[/\\]/.test(nameOrPath) || extname(nameOrPath) !== '';
}

function fileOfName(name: string): string {
  const names = scenarioNames();
  if (names.includes(name)) return join(SCENARIOS_FOLDER, `${name}${MODULE_EXTENSION}`);
  throw new UserError(
    'unknown-scenario',
    `there is no scenario called "${name}"`,
    `${suggestion(name, names)} A file is given by its path, such as ./my-scenario.ts.`,
  );
}

function fileOfPath(path: string): string {
  const file = resolve(path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new UserError(
      'scenario-not-found',
      `there is no file ${path}`,
      `Looked for ${file}; \`sagastorm list\` shows the scenarios that need no file.`,
    );
  }
  if (found.isFile() && LOADABLE.includes(extname(file))) return file;
  throw new UserError(
    'not-a-scenario',
    `${path} is not a scenario: it is ${found.isFile() ? 'no' : 'a folder, not a'} .ts or .js file`,
    extname(file) === '.json'
      ? 'A capsule is run with `sagastorm replay`, a saga with `sagastorm run SCENARIO --saga FILE`.'
      : 'Give a module that exports a scenario as default.',
  );
}

async function importFile(file: string): Promise<{ readonly default?: unknown }> {
  refuseMisread(file); // before Node fails on it and warns in its own words
  try {
    return await inTime(file, import(pathToFileURL(file).href));
  } catch (error) {
    if (isUserError(error)) throw error;
    throw brokenFile(file, error);
  }
}

/** A module may wait at its top level for what never comes; a process that waits for nothing else would just end. */
async function inTime<Module>(file: string, loading: Promise<Module>): Promise<Module> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const unsettled = new UserError(
      'scenario-broken',
      `${shownPath(file)} has not finished loading after ${LOADING_MS / 1_000} s`,
      'See what it awaits at its top level.',
    );
    timer = setTimeout(() => reject(unsettled), LOADING_MS);
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}

function refuseMisread(file: string): void {
  const found = misread(file);
  if (found === undefined) return;
  throw new UserError(
    'scenario-broken',
    `${shownPath(file)} is an ES module, but ${shownPath(found.manifest)} says "type": "commonjs"`,
    `Rename it to ${found.rename}, and what it imports likewise; or say "type": "module" there.`,
  );
}

/** What Node says of an ES module that it read as CommonJS, and of who imports one. */
const OF_A_PART = /^The requested module '\.|outside a module|^Unexpected token 'export'/;

function brokenFile(file: string, error: unknown): UserError {
  const path = shownPath(file);
  if (isNotBuilt(error))
    return new UserError(
      'not-built',
      `${path} imports sagastorm, and this clone of it is not built`,
      'Run `npm run build` in the clone, and again when something in it has changed.',
    );
  if (error instanceof Error && error.name === 'SyntaxError') {
    const manifest = OF_A_PART.test(error.message) ? commonJsManifest(file) : undefined;
    return new UserError(
      'scenario-broken',
      `${invalidPlace(file, error)} is not valid: ${firstLine(error)}`,
      manifest === undefined
        ? 'Run it with node to see the line itself.'
        : `${shownPath(manifest)} says "type": "commonjs": rename the .ts and .js files that it imports to .mts and .mjs.`,
    );
  }
  return new UserError(
    'scenario-broken',
    `${path} could not be loaded: ${firstLine(error)}${thrownAt(error)}`,
    'It, or a module that it imports, threw while it was imported; run it with node to see more.',
  );
}

/** Node says in which file and line of TypeScript it stopped; of JavaScript, only to who runs it. */
function invalidPlace(file: string, { stack = '' }: Error): string {
  const [, found, line] = /^(?:file:\/\/)?([^\n]+):(\d+)\n/.exec(stack) ?? [];
  if (found === undefined) return `${shownPath(file)}, or a module that it imports,`;
  const place = `${shownPath(found)}:${line}`;
  return found === file ? place : `${place}, which ${shownPath(file)} imports,`;
}

function scenarioIn(module: { readonly default?: unknown }, file: string): Scenario {
  const found = module.default;
  if (isScenario(found)) return found;
  const what = found === undefined ? 'it has no default export' : 'its default export is something else';
  throw new UserError(
    'not-a-scenario',
    `${shownPath(file)} is not a scenario: ${what}`,
    'Write `export default defineScenario({ … })`.',
  );
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'scenario';
}
