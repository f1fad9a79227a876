// `sagastorm.config.ts`: what `run` does where the command line says nothing. Every value is read as if it had been typed,
// so that it is checked, and refused, in the same words. `sagastorm.config.json` is another file: that of `serve`.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';
import { firstLine } from '../simulator/campaign/error-data.ts';
import type { RunConfig } from '../simulator/config.ts';
import type { GivenFlags } from './command-line.ts';

const FILES = ['ts', 'mts', 'js', 'mjs'].map((extension) => `sagastorm.config.${extension}`);
const FLAGS = [
  'seed',
  'seeds',
  'sagas',
  'profile',
  'policy',
  'workers',
  'out',
] as const satisfies readonly Exclude<keyof RunConfig, 'scenarios'>[];

/** The words and flags of a command line. */
export interface Line {
  readonly words: readonly string[];
  readonly given: GivenFlags;
}

/**
 * Adds what the file in this folder says to what was typed.
 *
 * @throws UserError `bad-config`
 */
export async function withRunConfig(words: readonly string[], given: GivenFlags): Promise<Line> {
  const file = FILES.find((name) => existsSync(name));
  if (file === undefined) return { words, given };
  const config = await configIn(file);
  const defaults = FLAGS.flatMap((name) => {
    const value = config[name];
    return value === undefined ? [] : [[name, [String(value)]] as const];
  });
  return {
    words: words.length === 0 ? (config.scenarios ?? []) : words,
    given: new Map([...defaults, ...given]),
  };
}

async function configIn(file: string): Promise<RunConfig> {
  const found = await load(file);
  if (typeof found !== 'object' || found === null)
    throw bad(`${file} exports no configuration`, 'Write `export default defineConfig({ … })`.');
  checkMembers(file, found, ['scenarios', ...FLAGS], 'bad-config');
  const { scenarios = [] } = found as { readonly scenarios?: unknown };
  if (!Array.isArray(scenarios) || scenarios.some((one) => typeof one !== 'string'))
    throw bad(`${file}: scenarios is no list of texts`, 'Give names of `sagastorm list`, or paths.');
  return found;
}

async function load(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw bad(
      `${file} could not be loaded: ${firstLine(error)}`,
      'In a package of "type": "commonjs" it must be called sagastorm.config.mts.',
    );
  }
}

function bad(message: string, hint: string): UserError {
  return new UserError('bad-config', message, hint);
}
