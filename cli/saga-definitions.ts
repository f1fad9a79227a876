// Sagas that a server can begin by their name: what a module of the user's exports.

import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SagaDefinition } from '../engine/core/define-saga.ts';
import { UserError } from '../engine/core/user-error.ts';
import { firstLine, isUserError } from '../simulator/campaign/error-data.ts';
import { shownPath } from '../simulator/campaign/load-scenario.ts';

const LOADABLE = ['.ts', '.mts', '.js', '.mjs'];

/**
 * All definitions that the module exports, by whatever names, alone or in lists.
 *
 * @throws UserError `file-not-found`, `definitions-broken`, `no-definitions`; what the module itself throws
 */
export async function loadDefinitions(path: string): Promise<readonly SagaDefinition[]> {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true || !LOADABLE.includes(extname(file))) {
    const hint = 'Give the path of a .ts or .js module that exports sagas of defineSaga.';
    throw new UserError('file-not-found', `there is no module ${path}`, hint);
  }
  const found = Object.values(await imported(file))
    .flat()
    .filter(isDefinition);
  if (found.length > 0) return [...new Set(found)];
  const hint = 'Write `export const transfer = defineSaga({ … })`.';
  throw new UserError('no-definitions', `${shownPath(file)} exports no saga`, hint);
}

async function imported(file: string): Promise<object> {
  try {
    return (await import(pathToFileURL(file).href)) as object;
  } catch (error) {
    if (isUserError(error)) throw error;
    const hint = 'Run it with node to see where.';
    throw new UserError(
      'definitions-broken',
      `${shownPath(file)} could not be loaded: ${firstLine(error)}`,
      hint,
    );
  }
}

function isDefinition(value: unknown): value is SagaDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'saga' &&
    'steps' in value
  );
}
