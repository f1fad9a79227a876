// The defaults of `sagastorm run` in one folder, as `sagastorm.config.ts` exports them.

import type { Profile } from './faults/profile.ts';

/** What `sagastorm run` does where its command line says nothing. */
export interface RunConfig {
  /** Names, or paths from the folder of the file; run when none is named. */
  readonly scenarios?: readonly string[];
  readonly seed?: string;
  readonly seeds?: number;
  readonly sagas?: number;
  readonly profile?: Profile['name'];
  readonly policy?: string;
  readonly workers?: number;
  readonly out?: string;
}

/**
 * Declares the defaults of `sagastorm run`; `sagastorm.config.ts` (or `.mts`, `.js`, `.mjs`) exports them as default.
 *
 * @example
 * export default defineConfig({ scenarios: ['./sagas/checkout.scenario.ts'], seeds: 1_000 });
 */
export function defineConfig(config: RunConfig): RunConfig {
  return config;
}
