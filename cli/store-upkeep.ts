// `sagastorm store`: what a store of sagas needs over the years, while a server goes on with it.

import { createWriteStream, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StoredEvent } from '../engine/core/ports.ts';
import { UserError } from '../engine/core/user-error.ts';
import {
  fileKind,
  KEY_SCOPES,
  kindText,
  liveNowUs,
  PostgresStore,
  SqliteReader,
  SqliteStore,
  sagaOfKey,
  saveLines,
  withoutEngine,
} from '../engine/live/index.ts';
import { counted } from '../reports/wording.ts';
import { type GivenFlags, refuseWords } from './command-line.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isGiven, wholeNumberOf } from './flags.ts';
import type { StoreChoice } from './served-engine.ts';
import { STORE } from './specs.ts';
import { storeChoice } from './store-choice.ts';
import { isStream, refuseOwnStore, type Target, writeTo } from './store-targets.ts';
import { print } from './terminal.ts';

const DAYS = { min: 0, max: 36_500 };
const DAYS_DEFAULT = 30;
const DAY_US = 86_400_000_000;

type OpenStore = SqliteStore | PostgresStore;
/** A store for who looks. */
export type ReadStore = SqliteReader | PostgresStore;

export async function store(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [action, file, ...rest] = words;
  refuseWords(rest, STORE);
  const act = action === undefined ? undefined : ACTIONS[action];
  if (act === undefined) {
    throw new UserError(
      'missing-argument',
      action === undefined ? 'store needs to know what to do' : `store does not know "${action}"`,
      'Write sagastorm store summary, backup <file>, restore <file>, export [file], import <file>, retire [archive], rebuild or upgrade.',
    );
  }
  await act(file, given);
  return EXIT.held;
}

async function closing<S extends ReadStore | OpenStore>(
  store: S,
  act: (store: S) => Promise<void>,
): Promise<void> {
  try {
    await act(store);
  } finally {
    await store.close();
  }
}

/**
 * One that is there, to look at: "no saga waits" would otherwise be said of the wrong place. Nothing is made, nor brought up to date,
 * and whoever may read it may look.
 *
 * @throws UserError `no-store`, and those of a store
 */
export async function storeToRead(given: GivenFlags): Promise<ReadStore> {
  const choice = keptChoice(given);
  if (choice.kind === 'postgres') return PostgresStore.connect({ url: choice.url, create: false });
  return new SqliteReader({ file: choice.file });
}

/** As {@link storeToRead}, to take sagas out of it. */
async function storeToRetire(given: GivenFlags): Promise<OpenStore> {
  const choice = keptChoice(given);
  if (choice.kind === 'postgres') return PostgresStore.connect({ url: choice.url, create: false });
  const reader = new SqliteReader({ file: choice.file });
  await reader.counts().finally(() => reader.close()); // an earlier version is refused
  return new SqliteStore({ file: choice.file });
}

/** What a server does that starts on it, without one. */
async function upgrade(given: GivenFlags): Promise<void> {
  const choice = keptChoice(given);
  const isOlder = await isOfEarlierVersion(given);
  if (isOlder && choice.kind === 'postgres') await (await PostgresStore.connect({ url: choice.url })).close();
  else if (isOlder && choice.kind === 'sqlite') {
    const { file } = choice;
    await withoutEngine(file, () => new SqliteStore({ file, lock: false }).close());
  }
  print(isOlder ? 'the store is of this version now\n' : 'nothing to do: the store is of this version\n');
}

async function isOfEarlierVersion(given: GivenFlags): Promise<boolean> {
  try {
    const store = await storeToRead(given);
    await store.counts().finally(() => store.close());
    return false;
  } catch (error) {
    if (error instanceof UserError && error.code === 'store-older') return true;
    throw error;
  }
}

/** @throws UserError `no-store` */
function keptChoice(given: GivenFlags): Exclude<StoreChoice, { kind: 'memory' }> {
  const choice = storeChoice(given, process.env.DATABASE_URL);
  if (choice.kind === 'postgres') return choice;
  const kind = choice.kind === 'sqlite' ? fileKind(choice.file) : undefined;
  if (choice.kind === 'sqlite' && kind === 'store') return choice;
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

/** The log of a saga, by its id or by the Idempotency-Key under which it was begun; empty when there is none. */
export async function logBy(store: ReadStore, idOrKey: string): Promise<readonly StoredEvent[]> {
  for (const id of [idOrKey, ...KEY_SCOPES.map((scope) => sagaOfKey(idOrKey, scope))]) {
    const log = await store.logOf(id);
    if (log.length > 0) return log;
  }
  return [];
}

/** Why the store has no log of a saga: it never had one, or the log was retired. */
export async function noLogOf(store: ReadStore, saga: string, hint: string): Promise<UserError> {
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

const ACTIONS: Readonly<Record<string, (file: string | undefined, given: GivenFlags) => Promise<void>>> = {
  async backup(file, given) {
    if (file === undefined) {
      const hint = '`sagastorm store --help` shows how.';
      throw new UserError('missing-argument', 'store backup needs the file to write', hint);
    }
    await closing(await storeToRead(given), async (store) => {
      const isWhole = store instanceof SqliteReader;
      if (isWhole) await writeTo(targetOf(file, 'store', given), () => store.backup(file));
      else await writeTo(targetOf(file, 'lines', given), () => saveLines(store.export(), file));
      print(`${file} is ${isWhole ? 'a whole copy' : 'all sagas, event by event'}, as of one moment\n`);
    });
  },
  async export(file, given) {
    await closing(await storeToRead(given), async (store) => {
      const lines = Readable.from(store.export());
      if (file === undefined) await pipeline(lines, process.stdout, { end: false }).catch(unlessUnread);
      else if (isStream(file) || !existsSync(dirname(file)))
        await pipeline(lines, createWriteStream(file)).catch((error: Error) => cannotWrite(file, error));
      else await writeTo(targetOf(file, 'lines', given), () => saveLines(lines, file));
    });
  },
  async retire(archiveTo, given) {
    if (archiveTo !== undefined) refuseOwnStore(archiveTo, storeFile(given));
    const days = wholeNumberOf(given, 'days', DAYS) ?? DAYS_DEFAULT;
    const endedBeforeUs = liveNowUs() - days * DAY_US;
    await closing(await storeToRetire(given), async (store) => {
      const retired = await store.retire({
        endedBeforeUs,
        ...(archiveTo === undefined ? {} : { archiveTo }),
      });
      const where = archiveTo === undefined ? 'deleted' : `moved to ${archiveTo}`;
      print(`${counted(retired, 'saga')} that ended more than ${counted(days, 'day')} ago ${where}\n`);
    });
  },
  async upgrade(file, given) {
    refuseWords(file === undefined ? [] : [file], STORE);
    await upgrade(given);
  },
};
