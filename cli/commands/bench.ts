// `sagastorm bench`: how fast this machine is at what sagastorm does, each figure beside a reference that ran beside it; what
// changed since figures were saved; and whether the levels of service are met.

import { join } from 'node:path';
import { suggestion } from '../../engine/core/nearest.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { checkWritable, makeFolder, writeText } from '../../simulator/campaign/folder.ts';
import { shownPath } from '../../simulator/campaign/load-scenario.ts';
import type { GivenFlags } from '../command-line.ts';
import { EXIT, type ExitCode, worst } from '../exit-codes.ts';
import { isGiven, textOf, wholeNumberOf } from '../flags.ts';
import { print, progressSink, remark } from '../terminal.ts';
import { OUT_DEFAULT, stopOnInterrupt } from './run.ts';

const PROCESSES = { min: 1, max: 50 };
const ROUNDS = { min: 1, max: 1_000 };
const ROUNDS_DEFAULT = 5;
const WARM_UP_SECONDS = { min: 0, max: 60 };
/** Where the progress is no live line. */
const PLAIN_EVERY_MS = 10_000;
/** How long orders come for the levels of service for real, in seconds. */
const STEADY_SECONDS = 10;

export async function bench(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const { SUITES } = await import('../../bench/suites.ts'); // they load all that they measure
  const names = SUITES.map(({ name }) => name);
  for (const word of words) checkSuite(word, names);
  const stop = new AbortController();
  const letGo = stopOnInterrupt(stop);
  try {
    const isSlo = isGiven(given, 'slo');
    const codes: ExitCode[] = [];
    if (!isSlo || words.length > 0)
      codes.push(await measure(words.length > 0 ? words : names, given, stop.signal));
    if (isSlo && !stop.signal.aborted) codes.push(await levels(given));
    return worst(codes);
  } finally {
    letGo();
  }
}

/** Runs suites, saves what they found and compares it, as was asked. */
async function measure(suites: readonly string[], given: GivenFlags, signal: AbortSignal): Promise<ExitCode> {
  const [save, beforeName] = [nameIn(given, 'save'), nameIn(given, 'against')];
  if (isGiven(given, 'fail-on-regression') && beforeName === undefined) {
    throw new UserError(
      'missing-flag',
      '--fail-on-regression needs --against <name>',
      'Save figures with --save.',
    );
  }
  const { readBench } = await import('../stored-bench.ts');
  const before = beforeName === undefined ? undefined : readBench(fileOf(given, beforeName));
  if (save !== undefined) {
    makeFolder(folderOf(given));
    checkWritable(fileOf(given, save));
  }
  const { PROCESSES_NEEDED, against, isRegression } = await import('../../bench/against.ts');
  const { renderAgainst, renderBench } = await import('../../bench/bench-text.ts');
  const { runSuites, WARM_UP_SECONDS_DEFAULT } = await import('../../bench/run-suites.ts');
  const isKept = save !== undefined || before !== undefined;
  const processes = wholeNumberOf(given, 'processes', PROCESSES) ?? (isKept ? PROCESSES_NEEDED : 1);
  const rounds = wholeNumberOf(given, 'rounds', ROUNDS) ?? ROUNDS_DEFAULT;
  const usual = before?.warmUpSeconds ?? WARM_UP_SECONDS_DEFAULT;
  const warmUpSeconds = wholeNumberOf(given, 'warm-up', WARM_UP_SECONDS) ?? usual;
  if (before !== undefined && warmUpSeconds !== usual) throw otherWarmUp(beforeName!, usual, warmUpSeconds);
  const sink = isGiven(given, 'quiet') ? undefined : progressSink();
  let toldMs = performance.now();
  const onMeasured = (id: string, process: number): void => {
    if (sink?.live === false && performance.now() - toldMs < PLAIN_EVERY_MS) return;
    toldMs = performance.now();
    sink?.line(`process ${process + 1} of ${processes} · ${id}`);
  };
  const record = await runSuites({ suites, processes, rounds, warmUpSeconds, signal, onMeasured });
  sink?.clear();
  if (record === undefined) return EXIT.interrupted;
  print(isGiven(given, 'json') ? `${JSON.stringify(record)}\n` : renderBench(record));
  if (save !== undefined) {
    const file = fileOf(given, save);
    writeText(file, `${JSON.stringify(record, undefined, 2)}\n`);
    remark(`Saved: ${shownPath(file)}\n`);
  }
  if (before === undefined) return EXIT.held;
  const comparison = against(before, record);
  const text = renderAgainst(beforeName!, comparison);
  if (isGiven(given, 'json')) remark(text);
  else print(`\n${text}`);
  return isGiven(given, 'fail-on-regression') && isRegression(comparison) ? EXIT.sloMissed : EXIT.held;
}

/** The levels of service, in the simulator and for real. */
async function levels(given: GivenFlags): Promise<ExitCode> {
  const { levelsOf } = await import('../../bench/levels.ts');
  const { levelsSimulated } = await import('../../bench/levels-simulated.ts');
  const { levelsLive } = await import('../../bench/levels-live.ts');
  const { renderLevels } = await import('../../bench/bench-text.ts');
  const sink = isGiven(given, 'quiet') ? undefined : progressSink();
  sink?.line('levels of service · simulated');
  const simulated = levelsOf(levelsSimulated());
  sink?.line(`levels of service · live, about ${STEADY_SECONDS + 10} s`);
  const all = [...simulated, ...levelsOf(await levelsLive(STEADY_SECONDS))];
  sink?.clear();
  print(isGiven(given, 'json') ? `${JSON.stringify({ levels: all })}\n` : renderLevels(all));
  return all.every(({ isMet }) => isMet) ? EXIT.held : EXIT.sloMissed;
}

/** What was compiled for longer is faster: such figures say nothing of each other. */
function otherWarmUp(name: string, usual: number, warmUpSeconds: number): UserError {
  return new UserError(
    'other-warm-up',
    `"${name}" was warmed up for ${usual} s per measure, and --warm-up says ${warmUpSeconds}`,
    'Leave --warm-up out, or save other figures.',
  );
}

/** @throws UserError `unknown-suite` */
function checkSuite(word: string, names: readonly string[]): void {
  if (names.includes(word)) return;
  throw new UserError('unknown-suite', `there is no suite "${word}"`, suggestion(word, names, 'Suites'));
}

/** @throws UserError `bad-name` */
function nameIn(given: GivenFlags, flag: 'save' | 'against'): string | undefined {
  const name = textOf(given, flag);
  if (name === undefined || /^\w[\w.-]{0,99}$/.test(name)) return name;
  throw new UserError(
    'bad-name',
    `--${flag} takes a name of letters, digits, ".", "-" and "_", not "${name}"`,
  );
}

function folderOf(given: GivenFlags): string {
  return join(textOf(given, 'out') ?? OUT_DEFAULT, 'bench');
}

function fileOf(given: GivenFlags, name: string): string {
  return join(folderOf(given), `${name}.json`);
}
