// The command line: finds the command, runs it, and turns every way it can end into an exit code.

import { keepStdoutClean } from '../simulator/campaign/console.ts';
import { checkRejections, listenForRejections } from '../simulator/campaign/rejections.ts';
import { type CommandSpec, type GivenFlags, parseLine } from './command-line.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import {
  BENCH,
  COMPARE,
  DIAGNOSE,
  EXPLORE,
  HEALTH,
  INIT,
  LIST,
  LIVE,
  MERGE,
  RECONCILE,
  REPAIR,
  REPLAY,
  REPORT,
  RUN,
  SEEDS,
  SERVE,
  SHRINK,
  STORE,
  TUNE,
  WHY,
} from './specs.ts';
import { tolerateLostReaders } from './terminal.ts';
import { tellError } from './told-error.ts';

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
/** Each with what it does, which is loaded when it is asked to. */
const COMMANDS: Readonly<Record<string, Command>> = {
  run: async (...line) => (await import('./commands/run.ts')).run(...line),
  replay: async (...line) => (await import('./commands/replay.ts')).replay(...line),
  shrink: async (...line) => (await import('./commands/shrink.ts')).shrink(...line),
  explore: async (...line) => (await import('./commands/explore.ts')).explore(...line),
  compare: async (...line) => (await import('./commands/compare.ts')).compare(...line),
  tune: async (...line) => (await import('./commands/tune.ts')).tune(...line),
  live: async (...line) => (await import('./commands/live.ts')).live(...line),
  serve: async (...line) => (await import('./commands/serve.ts')).serve(...line),
  store: async (...line) => (await import('./commands/store.ts')).store(...line),
  why: async (...line) => (await import('./commands/why.ts')).why(...line),
  health: async (...line) => (await import('./commands/health.ts')).health(...line),
  diagnose: async (...line) => (await import('./commands/diagnose.ts')).diagnoseSagas(...line),
  repair: async (...line) => (await import('./commands/repair.ts')).repairSagas(...line),
  reconcile: async (...line) => (await import('./commands/reconcile.ts')).reconcileStoreWithBooks(...line),
  merge: async (...line) => (await import('./commands/merge.ts')).merge(...line),
  report: async (...line) => (await import('./commands/report.ts')).report(...line),
  seeds: async (...line) => (await import('./commands/seeds.ts')).seeds(...line),
  bench: async (...line) => (await import('./commands/bench.ts')).bench(...line),
  list: async (...line) => (await import('./commands/list.ts')).list(...line),
  init: async (...line) => (await import('./commands/init.ts')).init(...line),
};

/** A server goes on until it is stopped: what Node does of a rejection that nobody caught is right there. */
function isServer(command: string): boolean {
  return command === 'serve' || command === 'live';
}

/** Runs the command line `argv` (without node and the script) and says how the process should end. */
export async function program(argv: readonly string[]): Promise<ExitCode> {
  tolerateLostReaders();
  try {
    const line = parseLine(argv, SPECS);
    if (line.kind === 'answered') return EXIT.held;
    if (line.kind === 'nothing') return EXIT.usage;
    keepStdoutClean(); // from here on other people's code runs
    if (!isServer(line.command)) listenForRejections();
    const code = await COMMANDS[line.command]!(line.words, line.flags);
    if (!isServer(line.command)) await checkRejections();
    return code;
  } catch (error) {
    return tellError(error, argv.includes('--debug'));
  }
}
