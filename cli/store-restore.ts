// `sagastorm store restore`, `rebuild` and `import`: a backup in the place of a store, a log that is brought up to the books of
// the services, and a store that is made anew from its events.
//
// T1. What is missing is named before it is mended, and what could not be known or mended after it.
// T2. Books, definitions and inputs are read before a file is made or replaced: who cannot read them has touched nothing.

import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { reconcileStore } from '../engine/api/index.ts';
import type { SagaDefinition } from '../engine/core/define-saga.ts';
import { definitionWithin } from '../engine/core/inline-saga.ts';
import { UserError } from '../engine/core/user-error.ts';
import {
  type ExportedSagas,
  inPostgresTransaction,
  LogWriter,
  liveNowUs,
  partitionsIn,
  type RestoredFile,
  restoreSagasFile,
  type SagaCatalogue,
  SqliteStore,
  sagasOfLines,
  type WritableStore,
  withoutEngine,
  writeLogs,
} from '../engine/live/index.ts';
import {
  type Book,
  type BookEntry,
  type DifferenceKind,
  type Reconciliation,
  rebuiltLog,
} from '../engine/observe/index.ts';
import { policies } from '../engine/policy/index.ts';
import { counted } from '../reports/wording.ts';
import { type GivenFlags, refuseWords } from './command-line.ts';
import { reconciliationText } from './commands/reconcile.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isGiven, textOf } from './flags.ts';
import { loadDefinitions } from './saga-definitions.ts';
import type { StoreChoice } from './served-engine.ts';
import { type BookSource, bookSources, readBooks } from './service-books.ts';
import { STORE } from './specs.ts';
import { storeChoice } from './store-choice.ts';
import { refuseNoLines } from './store-targets.ts';
import { print } from './terminal.ts';

/** What a log can be brought up to. */
const LOST: readonly DifferenceKind[] = ['done-not-logged', 'undone-not-logged', 'unknown-saga'];

/** What a client knows of a saga that it asked for. */
interface KnownInput {
  readonly saga: string;
  readonly definition: string;
  readonly version?: number;
  readonly input: unknown;
  /** When it was asked for, in ISO 8601. */
  readonly at?: string;
}

/** A backup is written while sagas go on: one that is not in it may have begun so long before the last event that is. */
const BACKUP_TAKES_US = 3_600_000_000;

/** @throws UserError those of {@link restore}, {@link rebuild} and {@link importLines} */
export async function storeAfterLoss(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  const [action, file, ...rest] = words;
  refuseWords(rest, STORE);
  if (action === 'restore') return restore(file, given);
  return action === 'rebuild' ? rebuild(file, given) : importLines(file, given);
}

/**
 * @throws UserError `missing-argument`, `engine-running`, `books-unreachable`, those of a restore, of books and of a store
 */
async function restore(from: string | undefined, given: GivenFlags): Promise<ExitCode> {
  const choice = keptStore(given);
  if (from === undefined) throw missing('store restore needs the backup');
  const sources = sourcesIfAny(given);
  const known = sources.length === 0 ? undefined : await knownOf(sources, given); // T2
  if (choice.kind === 'postgres') return restoreDatabase(from, choice.url, known, given);
  const { file } = choice;
  return alone(file, given, async () => {
    const { keptAs, asOfUs, sagas } = await restoreSagasFile(from, file);
    tellRestored(file, from, { sagas, asOfUs, keptAs }, 'start engines anew');
    return known === undefined
      ? notKnown()
      : inFile(file, (store, partitionOf) => catchUp(store, partitionOf, sinceBackup(known, asOfUs), given));
  });
}

/** What there is of the database goes to a file beside the backup, which can be restored, too. */
async function restoreDatabase(
  from: string,
  url: string,
  known: Known | undefined,
  given: GivenFlags,
): Promise<ExitCode> {
  const { logs, retired } = await exportedIn(from); // T2
  const asOfUs = [...logs.values()].reduce((latest, log) => Math.max(latest, log.at(-1)!.atUs), 0);
  const force = isGiven(given, 'force');
  const { code, sagas, keptAs } = await inPostgresTransaction({ url, force }, async (store) => {
    const keptAs = store.sagasBefore === 0 ? undefined : unusedName(`${from}.before-restore`);
    if (keptAs !== undefined) await store.saveTo(keptAs);
    await store.clear();
    const sagas = await writeLogs(logs.values(), store, store.partitionOf);
    await store.noteRetired(retired);
    const code =
      known === undefined
        ? notKnown()
        : await catchUp(store, store.partitionOf, sinceBackup(known, asOfUs), given);
    return { code, sagas, keptAs };
  });
  print('\nAll of it is committed.\n');
  // Not before: until then it is what it was.
  const next = 'workers go on by themselves, start plain hosts anew';
  tellRestored('the database', from, { sagas, asOfUs, keptAs }, next);
  return code;
}

function tellRestored(
  what: string,
  from: string,
  { sagas, asOfUs, keptAs }: RestoredFile,
  next: string,
): void {
  const when = asOfUs === 0 ? '' : `, as of ${new Date(asOfUs / 1_000).toISOString()}`;
  print(`${what} is ${from} again: ${counted(sagas, 'saga')}${when}\n`);
  print(`Whoever had it open is fenced: ${next}.\n`);
  if (keptAs !== undefined) print(`What was there is ${keptAs}\n`);
}

function notKnown(): ExitCode {
  print('What is missing is not known: give --against, and the books of the services tell.\n');
  return EXIT.held;
}

/** @throws UserError as {@link restore} */
async function rebuild(extra: string | undefined, given: GivenFlags): Promise<ExitCode> {
  if (extra !== undefined) throw missing(`store rebuild takes no file, not "${extra}"`);
  const choice = keptStore(given);
  const known = await knownOf(bookSources(given), given); // T2
  if (choice.kind === 'sqlite') {
    return alone(choice.file, given, () =>
      inFile(choice.file, (store, partitionOf) => catchUp(store, partitionOf, known, given)),
    );
  }
  const options = { url: choice.url, force: isGiven(given, 'force') };
  return inPostgresTransaction(options, (store) => catchUp(store, store.partitionOf, known, given));
}

/** @throws UserError `missing-argument`, `file-there`, `not-empty`, `bad-export`, and those of a store */
async function importLines(from: string | undefined, given: GivenFlags): Promise<ExitCode> {
  const choice = keptStore(given);
  if (from === undefined || !existsSync(from)) throw missing('store import needs what store export wrote');
  if (choice.kind === 'postgres') return importIntoDatabase(from, choice.url, given);
  const { file } = choice;
  if (existsSync(file)) {
    throw new UserError('file-there', `${file} is there already`, 'Name a file that does not exist yet.');
  }
  const { logs, retired } = await exportedIn(from);
  return inFile(file, async (store) => {
    print(`${file} has ${counted(await writeLogs(logs.values(), store), 'saga')}\n`);
    store.noteRetired(retired);
    return EXIT.held;
  });
}

async function importIntoDatabase(from: string, url: string, given: GivenFlags): Promise<ExitCode> {
  const { logs, retired } = await exportedIn(from);
  const sagas = await inPostgresTransaction({ url, force: isGiven(given, 'force') }, async (store) => {
    const { sagasBefore } = store;
    if (sagasBefore > 0) {
      const hint = 'Name an empty one, or put the export in its place with `sagastorm store restore`.';
      throw new UserError('not-empty', `the database has ${counted(sagasBefore, 'saga')} already`, hint);
    }
    const written = await writeLogs(logs.values(), store, store.partitionOf);
    await store.noteRetired(retired);
    return written;
  });
  print(`the database has ${counted(sagas, 'saga')}\n`);
  return EXIT.held;
}

/** @throws UserError `no-store`, `bad-export` */
async function exportedIn(file: string): Promise<ExportedSagas> {
  if (!existsSync(file))
    throw new UserError('no-store', `there is no backup ${file}`, 'Name a file that is there.');
  refuseNoLines(file);
  return sagasOfLines(createInterface({ input: createReadStream(file) }));
}

/** With `--force` also beside an engine. @throws UserError `engine-running` */
function alone(file: string, given: GivenFlags, act: () => Promise<ExitCode>): Promise<ExitCode> {
  return isGiven(given, 'force') ? act() : withoutEngine(file, act);
}

/** No engine is told to run on it. */
async function inFile(
  file: string,
  act: (store: SqliteStore, partitionOf: PartitionOf) => Promise<ExitCode>,
): Promise<ExitCode> {
  const store = new SqliteStore({ file, lock: false });
  try {
    const partitions = partitionsIn(file);
    return await act(store, (saga) => partitions.get(saga) ?? 'main');
  } finally {
    await store.close();
  }
}

type PartitionOf = (saga: string) => string;

/** What is known of sagas besides their logs. */
interface Known {
  readonly books: readonly Book[];
  readonly definitions: readonly SagaDefinition[];
  readonly inputs: ReadonlyMap<string, KnownInput>;
  /** No saga that has no log began before, in microseconds since 1970. */
  readonly lostAfterUs: number;
}

function sinceBackup(known: Known, asOfUs: number): Known {
  return { ...known, lostAfterUs: Math.max(0, asOfUs - BACKUP_TAKES_US) };
}

async function knownOf(sources: readonly BookSource[], given: GivenFlags): Promise<Known> {
  const module = textOf(given, 'definitions');
  const definitions = module === undefined ? [] : await loadDefinitions(module);
  const inputs = inputsIn(textOf(given, 'inputs'));
  return { books: await readBooks(sources), definitions, inputs, lostAfterUs: 0 };
}

/** T1. */
async function catchUp(
  store: SagaCatalogue & WritableStore,
  partitionOf: PartitionOf,
  known: Known,
  given: GivenFlags,
): Promise<ExitCode> {
  const { books, definitions } = known;
  const asked = { catalogue: store, definitions, books: async () => books };
  const before = await reconcileStore(asked);
  const plain = isGiven(given, 'no-color');
  print(`\nWhat the log and the books say:\n${reconciliationText(before, plain)}`);
  const told = await mended(store, new LogWriter(store, partitionOf), {
    ...known,
    before,
    isForced: isGiven(given, 'force'),
  });
  if (told.length === 0) return codeOf(before);
  print(`\n${told.join('\n')}\n`);
  const after = await reconcileStore(asked);
  print(`\nAfter it:\n${reconciliationText(after, plain)}`);
  return codeOf(after);
}

/** What no event can mend, such as work that was done twice, differs still. */
function codeOf({ differences }: Reconciliation): ExitCode {
  return differences.length === 0 ? EXIT.held : EXIT.violated;
}

interface Mending extends Known {
  readonly before: Reconciliation;
  /** What a book may have forgotten is taken for never done. */
  readonly isForced: boolean;
}

/** What became of each saga whose log lost something. */
async function mended(store: SagaCatalogue, writer: LogWriter, mending: Mending): Promise<readonly string[]> {
  const { before, books, definitions, inputs, isForced, lostAfterUs } = mending;
  const keptSinceUs = new Map(books.map(({ service, keptSinceUs = 0 }) => [service, keptSinceUs]));
  const sagas = new Set(before.differences.filter(({ kind }) => LOST.includes(kind)).map(({ saga }) => saga));
  const entries: ReadonlyMap<string, readonly BookEntry[]> = Map.groupBy(
    books.flatMap((book) => book.entries.filter(({ isPlain }) => isPlain !== true)),
    ({ saga }) => saga,
  );
  const told: string[] = [];
  for (const saga of sagas) {
    const log = await store.logOf(saga);
    const first = log[0]?.event;
    const known = inputs.get(saga);
    const definition =
      first?.kind === 'saga-created'
        ? (definitionWithin(first, policies.default) ??
          definitionNamed(definitions, first.definition, first.definitionVersion))
        : definitionNamed(definitions, known?.definition, known?.version);
    if (definition === undefined) {
      const why =
        first === undefined && known === undefined
          ? 'nobody says what it was begun with: give --inputs'
          : 'its definition is not known: give --definitions';
      told.push(` ✗ ${saga} is left as it is: ${why}`);
      continue;
    }
    const { events, unknown } = rebuiltLog({
      ...{ saga, definition, input: known?.input, isForced, keptSinceUs },
      log: log.map(({ event }) => event),
      entries: entries.get(saga) ?? [],
      nowUs: liveNowUs(),
      begunAfterUs: Math.max(lostAfterUs, known?.at === undefined ? 0 : Date.parse(known.at) * 1_000),
    });
    if (events.length === 0) {
      told.push(...leftAlone(saga, unknown));
      continue;
    }
    await writer.append({ saga, expectedVersion: log.length, atUs: liveNowUs(), events });
    told.push(` + ${saga}: ${counted(events.length, 'event')} from ${log.length + 1} on`);
    told.push(...unknown.map((what) => `     not known: ${what}`));
  }
  return told;
}

function leftAlone(saga: string, unknown: readonly string[]): readonly string[] {
  if (unknown.length === 0) return [` ✗ ${saga} is left as it is: it has ended, and no event can mend it`];
  return [
    ` ✗ ${saga} is left as it is: a step may have been done before what a book remembers`,
    ...unknown.map((what) => `     not known: ${what}`),
    '     say in --inputs when it was asked for ("at"), or look there, and give --force if it was not done',
  ];
}

/** Without a version, the latest: who writes down what was asked for by hand mostly means what is asked for today. */
function definitionNamed(
  definitions: readonly SagaDefinition[],
  name: string | undefined,
  version: number | undefined,
): SagaDefinition | undefined {
  const known = definitions.filter((one) => one.name === name);
  const wanted = version ?? Math.max(...known.map((one) => one.version));
  return known.find((one) => one.version === wanted);
}

/** One `{ "saga", "definition", "version", "input", "at" }` in each line. */
function inputsIn(file: string | undefined): ReadonlyMap<string, KnownInput> {
  if (file === undefined) return new Map();
  if (!existsSync(file)) throw missing(`there is no file ${file}`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const known = lines.flatMap((line, i): readonly KnownInput[] => {
    if (line.trim() === '') return [];
    try {
      const { saga, definition, version, input, at } = JSON.parse(line) as Partial<KnownInput>;
      const isDated = at === undefined || (typeof at === 'string' && !Number.isNaN(Date.parse(at)));
      if (typeof saga === 'string' && typeof definition === 'string' && isDated) {
        const versioned = version === undefined ? {} : { version };
        return [{ saga, definition, input, ...versioned, ...(at === undefined ? {} : { at }) }];
      }
    } catch {
      // said below
    }
    const hint =
      'Write { "saga": …, "definition": …, "version": 1, "input": …, "at": "2026-01-31T10:00:00Z" } in each line; version and at may be left out.';
    throw new UserError(
      'bad-inputs',
      `${file}, line ${i + 1} names no saga and definition, or no time`,
      hint,
    );
  });
  return new Map(known.map((one) => [one.saga, one]));
}

function sourcesIfAny(given: GivenFlags): readonly BookSource[] {
  try {
    return bookSources(given);
  } catch (error) {
    if (error instanceof UserError && error.code === 'no-books' && !given.has('against')) return [];
    throw error;
  }
}

/** @throws UserError `no-store`, `bad-db` */
function keptStore(given: GivenFlags): Exclude<StoreChoice, { readonly kind: 'memory' }> {
  const choice = storeChoice(given, process.env.DATABASE_URL);
  if (choice.kind !== 'memory') return choice;
  const hint = 'Name a file with --db, or a database with --store postgres --db URL.';
  throw new UserError('no-store', 'a store in memory ends with its server', hint);
}

function unusedName(name: string): string {
  let unused = name;
  for (let i = 2; existsSync(unused); i++) unused = `${name}-${i}`;
  return unused;
}

function missing(what: string): UserError {
  return new UserError('missing-argument', what, '`sagastorm store --help` shows how.');
}
