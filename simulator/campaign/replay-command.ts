// The command that runs one run again, ready for the shell.

import type { Job } from './job.ts';
import { shownPath } from './load-scenario.ts';
import { MODULE_EXTENSION, modulePath } from './source-tree.ts';

/** How people start this program: installed, or from the repository itself. */
export function thisProgram(): string {
  return MODULE_EXTENSION === '.js' ? 'npx sagastorm' : `node ${quoted(shownPath(modulePath('cli/main')))}`;
}

/** `npx sagastorm replay …` for one seed of a job. A saga from a file is not part of it. */
export function seedCommand(job: Job, seed: string): string {
  return `${anySeedCommand(job)} ${quoted(seed)}`;
}

/** The same for any seed, which is to follow. */
export function anySeedCommand({ scenario, sagas, profile, protocol, policy, faultPermille }: Job): string {
  const words = [
    `${thisProgram()} replay`,
    quoted(scenario),
    ...(sagas === undefined ? [] : [`--sagas ${sagas}`]),
    `--profile ${profile}`,
    ...(faultPermille === undefined ? [] : [`--fault-rate ${faultPermille / 1_000}`]),
    ...(protocol === undefined ? [] : [`--protocol ${protocol}`]),
    ...(policy === undefined ? [] : [`--policy ${quoted(policy)}`]),
    '--seed',
  ];
  return words.join(' ');
}

/** `npx sagastorm replay …` for a capsule. */
export function capsuleCommand(path: string): string {
  return `${thisProgram()} replay ${quoted(shownPath(path))}`;
}

/** A word for the shell: quoted only where it must be. */
export function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
