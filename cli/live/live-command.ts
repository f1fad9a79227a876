// The command that does a run for real again, as far as that can be done, ready for the shell.

import type { Job } from '../../simulator/campaign/job.ts';
import { shownPath } from '../../simulator/campaign/load-scenario.ts';
import { quoted, thisProgram } from '../../simulator/campaign/replay-command.ts';

/** What a command can say of a run. */
export interface Repeatable {
  readonly job: Job;
  readonly seed: string;
  /** The file that the job, the seed and the plan come from, if they come from a capsule. */
  readonly capsule?: string;
  /** The file that the job's saga comes from, if it was given. */
  readonly sagaFile?: string;
  /** The address of a database; without it, sagas are kept in a SQLite file. */
  readonly databaseUrl?: string;
  readonly orchestrators?: number;
  readonly stormMs: number;
  readonly kills: number;
  readonly pace: number;
}

/** `npx sagastorm live …`. Addresses of databases hold passwords: what stands here is where to find one. */
export function liveCommand(options: Repeatable, sagas: number): string {
  const { capsule, databaseUrl, orchestrators, stormMs, kills, pace } = options;
  const words = [
    `${thisProgram()} live`,
    ...(capsule === undefined ? ofScenario(options, sagas) : [quoted(shownPath(capsule))]),
    `--kills ${kills} --seconds ${stormMs / 1_000} --pace ${pace}`,
    ...(orchestrators === undefined ? [] : [`--orchestrators ${orchestrators}`]),
    ...(databaseUrl === undefined ? [] : ['--store postgres --db "$DATABASE_URL"']),
  ];
  return words.join(' ');
}

/** A capsule says all this itself. */
function ofScenario({ job, seed, sagaFile }: Repeatable, sagas: number): readonly string[] {
  return [
    `${quoted(job.scenario)} --seed ${quoted(seed)} --sagas ${sagas} --profile ${job.profile}`,
    ...(job.policy === undefined ? [] : [`--policy ${quoted(job.policy)}`]),
    ...(sagaFile === undefined ? [] : [`--saga ${quoted(sagaFile)}`]),
  ];
}
