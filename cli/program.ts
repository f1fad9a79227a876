// The command line: finds the command, runs it, and turns every way it can end into an exit code.
//
// Whatever the user can mend ends in one sentence and a hint on stderr. A stack is only printed with --debug, or
// with DEBUG set.

import { AMBIENT_ACCESS, firstLine, isUserError, keepStdoutClean } from '../simulator/campaign/index.ts';
import { type CommandSpec, type GivenFlags, parseLine } from './command-line.ts';
import { BENCH, bench } from './commands/bench.ts';
import { COMPARE, compare } from './commands/compare.ts';
import { DIAGNOSE, diagnose } from './commands/diagnose.ts';
import { EXPLORE, explore } from './commands/explore.ts';
import { HEALTH, health } from './commands/health.ts';
import { INIT, init } from './commands/init.ts';
import { LIST, list } from './commands/list.ts';
import { LIVE, live } from './commands/live.ts';
import { MERGE, merge } from './commands/merge.ts';
import { RECONCILE, reconcile } from './commands/reconcile.ts';
import { REPAIR, repair } from './commands/repair.ts';
import { REPLAY, replay } from './commands/replay.ts';
import { REPORT, report as reportAgain } from './commands/report.ts';
import { RUN, run } from './commands/run.ts';
import { SEEDS, seeds } from './commands/seeds.ts';
import { SERVE, serve } from './commands/serve.ts';
import { SHRINK, shrink } from './commands/shrink.ts';
import { STORE, store } from './commands/store.ts';
import { TUNE, tune } from './commands/tune.ts';
import { WHY, why } from './commands/why.ts';
import { codeOfError, EXIT, type ExitCode } from './exit-codes.ts';
import { remark, tolerateLostReaders } from './terminal.ts';

type Command = (words: readonly string[], flags: GivenFlags) => Promise<ExitCode>;

/** Every command, as the help lists them. */
export const SPECS: readonly CommandSpec[] = [
  RUN,
  REPLAY,
  SHRINK,
  EXPLORE,
  COMPARE,
  TUNE,
  LIVE,
  SERVE,
  STORE,
  WHY,
  HEALTH,
  DIAGNOSE,
  REPAIR,
  RECONCILE,
  MERGE,
  REPORT,
  SEEDS,
  BENCH,
  LIST,
  INIT,
];
const COMMANDS: Readonly<Record<string, Command>> = {
  run,
  replay,
  shrink,
  explore,
  compare,
  tune,
  live,
  serve,
  store,
  why,
  health,
  diagnose,
  repair,
  reconcile,
  merge,
  report: reportAgain,
  seeds,
  bench,
  list,
  init,
};

/** Runs the command line `argv` (without node and the script) and says how the process should end. */
export async function program(argv: readonly string[]): Promise<ExitCode> {
  tolerateLostReaders();
  try {
    const line = parseLine(argv, SPECS);
    if (line.kind === 'answered') return EXIT.held;
    if (line.kind === 'nothing') return EXIT.usage;
    keepStdoutClean(); // from here on other people's code runs
    return await COMMANDS[line.command]!(line.words, line.flags);
  } catch (error) {
    report(error, argv.includes('--debug') || Boolean(process.env.DEBUG));
    return codeOfError(error);
  }
}

function report(error: unknown, debug: boolean): void {
  const [message, hint] = isUserError(error)
    ? [error.message, error.code === AMBIENT_ACCESS ? `Not deterministic. ${error.hint}` : error.hint]
    : [`internal error: ${firstLine(error)}`, 'Run it again with --debug to see where.'];
  remark(`sagastorm: ${/[.!?]$/.test(message) ? message : `${message}.`}\n`);
  if (hint !== undefined) remark(`  ${hint}\n`);
  if (debug && error instanceof Error) remark(`${error.stack}\n`);
}
