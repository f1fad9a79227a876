// What a backup or an export may be written to, and what is none: never the store itself, and what is there already only with `--force`, when it is
// one of ours and nobody works on it.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../engine/core/user-error.ts';
import { type FileKind, fileKind, isSameFile, kindText, withoutEngine } from '../engine/live/index.ts';

/** SQLite's files beside a store, and ours. */
const BESIDE = ['', '-wal', '-shm', '-journal', '-engine'];

/** What is to be written, and what it may replace. */
export interface Target {
  readonly file: string;
  /** The file of the store that it is made of; undefined on PostgreSQL. */
  readonly store: string | undefined;
  /** What `--force` replaces; an empty file, too. */
  readonly replaces: Extract<FileKind, 'store' | 'lines'>;
  readonly isForced: boolean;
}

/** @throws UserError `same-file` when a file is the store, or one of those beside it, by whatever path */
export function refuseOwnStore(file: string, store: string | undefined): void {
  if (store === undefined) return;
  const path = wholePath(file);
  const own = BESIDE.map((suffix) => `${wholePath(store)}${suffix}`);
  if (!own.some((one) => one === path || isSameFile(one, file))) return;
  const hint = 'Name another file: the sagas in it would be lost.';
  throw new UserError('same-file', `${file} is the store ${store} itself, or a part of it`, hint);
}

/**
 * Does the writing, where that loses nothing.
 *
 * @throws UserError `same-file`, `file-there`, `engine-running`, and what `write` throws
 */
export async function writeTo(target: Target, write: () => Promise<void>): Promise<void> {
  const { file, store, replaces, isForced } = target;
  refuseOwnStore(file, store);
  const kind = fileKind(file);
  if (kind === 'none') return write();
  const isOurs = kind === replaces || kind === 'empty';
  if (!isOurs || !isForced) {
    const hint = `Name a file that does not exist yet${isOurs ? ', or replace it with --force' : ''}.`;
    throw new UserError('file-there', `${file} is there already, and ${kindText(kind)}`, hint);
  }
  // Where no lock is beside it, no engine has ever run on it.
  return existsSync(`${file}-engine`) ? withoutEngine(file, write) : write();
}

/** Where lines of JSON are to be read: a SQLite file has none. @throws UserError `no-backup` */
export function refuseNoLines(file: string): void {
  const kind = fileKind(file);
  if (kind !== 'store' && kind !== 'sqlite' && kind !== 'folder') return;
  const what = kind === 'store' ? 'is a SQLite store' : kindText(kind);
  const hint =
    kind === 'store'
      ? `Export it first: \`sagastorm store export sagas.ndjson --db ${file}\`.`
      : 'Name a file that `sagastorm store export` wrote.';
  throw new UserError('no-backup', `${file} is no export of sagas: it ${what}`, hint);
}

/** Whether lines that are written there go on to somebody else: a pipe, a terminal, another device. */
export function isStream(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/** With all links followed, also of a file that is not there yet. */
function wholePath(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  const folder = dirname(file);
  return existsSync(folder) ? join(realpathSync(folder), basename(file)) : file;
}
