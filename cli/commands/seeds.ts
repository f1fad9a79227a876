// `sagastorm seeds`: the corpus of regressions, failures that were found once and must hold from then on.

import { UserError } from '../../engine/core/user-error.ts';
import {
  type CheckedRegression,
  check,
  pin,
  pinned,
  type RegressionState,
  unpin,
} from '../../simulator/campaign/corpus.ts';
import { CORPUS_FOLDER } from '../../simulator/campaign/defaults.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven } from '../flags.ts';
import { SEEDS } from '../specs.ts';
import { palette, print } from '../terminal.ts';

const MARKS: Readonly<Record<RegressionState, string>> = { holds: '✓', fails: '✗', stale: '?', lost: '?' };

export async function seeds(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [action, ...rest] = words;
  switch (action) {
    case 'add':
      return add(rest);
    case 'list':
      refuseWords(rest, SEEDS);
      return list(given);
    case 'prune':
      refuseWords(rest, SEEDS);
      return prune();
    default:
      throw new UserError(
        'missing-argument',
        action === undefined ? 'seeds needs to know what to do' : `seeds does not know "${action}"`,
        'Write sagastorm seeds add <capsule>, seeds list or seeds prune.',
      );
  }
}

function add(paths: readonly string[]): ExitCode {
  if (paths.length === 0) {
    throw new UserError(
      'missing-argument',
      'seeds add needs a capsule',
      'Capsules are in .sagastorm/failures/.',
    );
  }
  for (const path of paths) print(`pinned ${pin(path)}\n`);
  return EXIT.held;
}

async function list(given: GivenFlags): Promise<ExitCode> {
  const all = await checkAll();
  if (isGiven(given, 'json')) {
    const rows = all.map(({ file, capsule: { scenario, seed, violation }, state, message }) => {
      return { file, scenario, seed, invariant: violation.invariant, state, message };
    });
    print(`${JSON.stringify(rows)}\n`);
  } else if (all.length === 0) print(`Nothing is pinned: ${CORPUS_FOLDER} has no capsule.\n`);
  else {
    const { dim } = palette(isGiven(given, 'no-color'));
    for (const one of all) print(`${line(one)}\n   ${dim(told(one))}\n`);
  }
  if (all.some(({ state }) => state === 'fails')) return EXIT.violated;
  return all.some(({ state }) => state === 'lost') ? EXIT.inconclusive : EXIT.held;
}

function line({ file, state }: CheckedRegression): string {
  return ` ${MARKS[state]} ${state.padEnd(6)} ${file}`;
}

function told({ capsule: { scenario, plan, violation }, state, message }: CheckedRegression): string {
  const faults = plan.length === 1 ? '1 fault' : `${plan.length} faults`;
  const was = `${scenario}, ${faults}, was: ${violation.invariant}`;
  if (state === 'stale') return `${was}. Its first fault has nothing to strike any more: it proves nothing.`;
  return message === undefined ? was : `${was}. ${message}`;
}

/** Removes what proves nothing any more. */
async function prune(): Promise<ExitCode> {
  const all = await checkAll();
  const stale = all.filter(({ state }) => state === 'stale');
  for (const regression of stale) {
    unpin(regression);
    print(`removed ${regression.file}: its first fault has nothing to strike any more\n`);
  }
  const lost = all.filter(({ state }) => state === 'lost');
  for (const { file, message } of lost) print(`kept ${file}, which cannot be run now: ${message ?? ''}\n`);
  if (stale.length === 0) print('Nothing to remove: no pinned capsule is stale.\n');
  return lost.length > 0 ? EXIT.inconclusive : EXIT.held;
}

async function checkAll(): Promise<readonly CheckedRegression[]> {
  const checked: CheckedRegression[] = [];
  for (const regression of pinned()) checked.push(await check(regression));
  return checked;
}
