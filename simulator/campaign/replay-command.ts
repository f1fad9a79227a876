// The command that runs one run again, ready for the shell.

import type { Job } from './job.ts';

/** `npx sagastorm replay …` for one seed of a job. A saga from a file is not part of it. */
export function seedCommand({ scenario, sagas, profile, policy }: Job, seed: string): string {
  const words = [
    'npx sagastorm replay',
    quoted(scenario),
    `--seed ${quoted(seed)}`,
    ...(sagas === undefined ? [] : [`--sagas ${sagas}`]),
    `--profile ${profile}`,
    ...(policy === undefined ? [] : [`--policy ${quoted(policy)}`]),
  ];
  return words.join(' ');
}

/** A word for the shell: quoted only where it must be. */
export function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
