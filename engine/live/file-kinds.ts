// What a file is, by its first bytes: a store of sagas, an export of one, or something else that must not be taken for
// either, nor be replaced. Nothing is opened as a database, so nothing is made beside the file.

import { closeSync, openSync, readSync, statSync } from 'node:fs';

/**
 * `store`: a SQLite file of ours; `sqlite`: one of another program; `lines`: an export or an archive of sagas; `empty`: no byte in
 * it; `folder`; `other`: anything else, also what is no file (a pipe, a device).
 */
export type FileKind = 'none' | 'store' | 'sqlite' | 'lines' | 'empty' | 'folder' | 'other';

/** "SAGA": what SQLite keeps as the `application_id` of a file. */
export const APPLICATION_ID = 0x53414741;
const SQLITE_MAGIC = 'SQLite format 3\0';
const APPLICATION_ID_AT = 68;
const SQLITE_HEADER_BYTES = 100;
/** The first line of an export is the first event of a saga: its input is in it. */
const FIRST_LINE_BYTES_MAX = 16_777_216;
const CHUNK_BYTES = 65_536;

/**
 * What a file is.
 *
 * @throws whatever the operating system says when it is there and cannot be read
 * @example
 * if (fileKind('backups/sagas.db') !== 'store') console.log('that is no backup');
 */
export function fileKind(file: string): FileKind {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return 'none';
  if (stats.isDirectory()) return 'folder';
  if (!stats.isFile()) return 'other';
  if (stats.size === 0) return 'empty';
  const fd = openSync(file, 'r');
  try {
    const header = Buffer.alloc(SQLITE_HEADER_BYTES);
    const read = readSync(fd, header, 0, SQLITE_HEADER_BYTES, 0);
    if (read === SQLITE_HEADER_BYTES && header.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC)
      return header.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID ? 'store' : 'sqlite';
    return isLine(firstLine(fd)) ? 'lines' : 'other';
  } finally {
    closeSync(fd);
  }
}

/** Whether two paths lead to one file, be it by a link. False where either is not there. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

const WHAT: Readonly<Record<FileKind, string>> = {
  none: 'is not there',
  store: 'is a store of sagas',
  sqlite: 'is the database of another program',
  lines: 'is an export or an archive of sagas',
  empty: 'is empty',
  folder: 'is a folder',
  other: 'is neither a store nor an export of sagas',
};

/** What a kind of file is, as the end of a sentence: `is the database of another program`. */
export function kindText(kind: FileKind): string {
  return WHAT[kind];
}

function firstLine(fd: number): string {
  const chunks: Buffer[] = [];
  for (let at = 0; at < FIRST_LINE_BYTES_MAX; ) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const read = readSync(fd, chunk, 0, CHUNK_BYTES, at);
    const end = chunk.subarray(0, read).indexOf('\n');
    chunks.push(chunk.subarray(0, end < 0 ? read : end));
    if (read === 0 || end >= 0) break;
    at += read;
  }
  return Buffer.concat(chunks).toString();
}

/** As batch-rows.ts writes them. */
function isLine(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof line.saga !== 'string') return false;
    return typeof line.retiredAtUs === 'number' || (typeof line.version === 'number' && 'event' in line);
  } catch {
    return false;
  }
}
