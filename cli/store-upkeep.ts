// `sagastorm store`: what a store of sagas needs over the years, while a server goes on with it.

import { createWriteStream, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../engine/core/user-error.ts';
import {
  fileKind,
  kindText,
  liveNowUs,
  PostgresStore,
  SqliteStore,
  saveLines,
} from '../engine/live/index.ts';
import { counted } from '../reports/wording.ts';
import { type GivenFlags, refuseWords } from './command-line.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isGiven, wholeNumberOf } from './flags.ts';
import { STORE } from './specs.ts';
import { storeChoice } from './store-choice.ts';
import { isStream, refuseOwnStore, type Target, writeTo } from './store-targets.ts';
import { print } from './terminal.ts';

const DAYS = { min: 0, max: 36_500 };
const DAYS_DEFAULT = 30;
const DAY_US = 86_400_000_000;

export type OpenStore = SqliteStore | PostgresStore;

export async function store(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [action, file, ...rest] = words;
  refuseWords(rest, STORE);
  const act = action === undefined ? undefined : ACTIONS[action];
  if (act === undefined) {
    throw new UserError(
      'missing-argument',
      action === undefined ? 'store needs to know what to do' : `store does not know "${action}"`,
      'Write sagastorm store summary, backup <file>, restore <file>, export [file], import <file>, retire [archive] or rebuild.',
    );
  }
  const opened = await openedStore(given);
  try {
    await act(opened, file, given);
  } finally {
    await opened.close();
  }
  return EXIT.held;
}

/**
 * One that is there: there is nothing to do for a new one, and "no saga waits" would be said of the wrong place. Nothing is made; an
 * older schema is brought up to date, as by whoever opens it.
 *
 * @throws UserError `no-store`, and those of a store
 */
export async function openedStore(given: GivenFlags): Promise<OpenStore> {
  const choice = storeChoice(given, process.env.DATABASE_URL);
  if (choice.kind === 'postgres') return PostgresStore.connect({ url: choice.url, create: false });
  const kind = choice.kind === 'sqlite' ? fileKind(choice.file) : undefined;
  if (choice.kind === 'sqlite' && kind === 'store') return new SqliteStore({ file: choice.file });
  const what =
    choice.kind === 'memory'
      ? 'a store in memory ends with its server'
      : kind === undefined || kind === 'none'
        ? `there is no store ${choice.file}`
        : `there is no store of sagas in ${choice.file}: it ${kindText(kind)}`;
  throw new UserError(
    'no-store',
    what,
    'Name a file with --db, or a database with --store postgres --db URL.',
  );
}

/** Why the store has no log of a saga: it never had one, or the log was retired. */
export async function noLogOf(store: OpenStore, saga: string, hint: string): Promise<UserError> {
  const retiredAtUs = (await store.retiredAmong([saga])).get(saga);
  if (retiredAtUs === undefined)
    return new UserError('unknown-saga', `the store knows no saga "${saga}"`, hint);
  const when = new Date(retiredAtUs / 1_000).toISOString();
  return new UserError(
    'retired-saga',
    `saga "${saga}" had ended, and its log was retired at ${when}`,
    'Its events are in the file that `sagastorm store retire` wrote, if it was given one.',
  );
}

function cannotWrite(file: string, error: NodeJS.ErrnoException): never {
  if (error.syscall === undefined) throw error;
  const hint = 'Name a file in a folder that is there and has room.';
  throw new UserError('cannot-write', `${file} could not be written (${error.code ?? error.message})`, hint);
}

/** What `store export` and `backup` write, see {@link writeTo}. */
function targetOf(file: string, replaces: Target['replaces'], given: GivenFlags): Target {
  return { file, store: storeFile(given), replaces, isForced: isGiven(given, 'force') };
}

function storeFile(given: GivenFlags): string | undefined {
  const choice = storeChoice(given, process.env.DATABASE_URL);
  return choice.kind === 'sqlite' ? choice.file : undefined;
}

/** Nobody reads any more: that ends the output, not the command. */
function unlessUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && process.stdout.writable) throw error;
}

const ACTIONS: Readonly<
  Record<string, (opened: OpenStore, file: string | undefined, given: GivenFlags) => Promise<void>>
> = {
  async backup(opened, file, given) {
    if (file === undefined) {
      const hint = '`sagastorm store --help` shows how.';
      throw new UserError('missing-argument', 'store backup needs the file to write', hint);
    }
    if (opened instanceof SqliteStore) {
      await writeTo(targetOf(file, 'store', given), () => opened.backup(file));
    } else await writeTo(targetOf(file, 'lines', given), () => saveLines(opened.export(), file));
    const what = opened instanceof SqliteStore ? 'a whole copy' : 'all sagas, event by event';
    print(`${file} is ${what}, as of one moment\n`);
  },
  async export(opened, file, given) {
    const lines = Readable.from(opened.export());
    if (file === undefined) return pipeline(lines, process.stdout, { end: false }).catch(unlessUnread);
    if (isStream(file) || !existsSync(dirname(file))) {
      return pipeline(lines, createWriteStream(file)).catch((error: Error) => cannotWrite(file, error));
    }
    await writeTo(targetOf(file, 'lines', given), () => saveLines(lines, file));
  },
  async retire(opened, archiveTo, given) {
    if (archiveTo !== undefined) refuseOwnStore(archiveTo, storeFile(given));
    const days = wholeNumberOf(given, 'days', DAYS) ?? DAYS_DEFAULT;
    const endedBeforeUs = liveNowUs() - days * DAY_US;
    const retired = await opened.retire({ endedBeforeUs, ...(archiveTo === undefined ? {} : { archiveTo }) });
    const where = archiveTo === undefined ? 'deleted' : `moved to ${archiveTo}`;
    print(`${counted(retired, 'saga')} that ended more than ${counted(days, 'day')} ago ${where}\n`);
  },
};
