// Whose books a command compares a store with, and how each is read: over HTTP, from the file of a mock, or from entries as
// NDJSON. Without `--against` those of the configuration, or of the mocks of `sagastorm serve --mock`.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../engine/core/user-error.ts';
import { isEntry, serviceBook } from '../engine/live/index.ts';
import type { Book, BookEntry } from '../engine/observe/index.ts';
import { bookOfFile } from '../participants-mock/http/index.ts';
import { firstLine } from '../simulator/campaign/error-data.ts';
import type { GivenFlags } from './command-line.ts';
import { textOf, textsOf } from './flags.ts';
import { readServeConfig } from './serve-config.ts';

export const MOCKS_FOLDER = '.sagastorm/mock';

/** The books of one service, not read yet. */
export interface BookSource {
  readonly service: string;
  /** For people: a file, or an address without what follows its path. */
  readonly where: string;
  read(): Promise<Book>;
}

/** @throws UserError `bad-against`, `no-books`, and those of a configuration */
export function bookSources(given: GivenFlags): readonly BookSource[] {
  const named = textsOf(given, 'against').map(sourceOf);
  if (named.length > 0) return named;
  const { services } = readServeConfig(textOf(given, 'config'), process.env);
  const configured = Object.entries(services).map(([service, at]) => ({
    service,
    where: at.baseUrl,
    read: () => serviceBook(service, at),
  }));
  if (configured.length > 0) return configured;
  const mocks = existsSync(MOCKS_FOLDER)
    ? readdirSync(MOCKS_FOLDER).filter((file) => file.endsWith('.db'))
    : [];
  if (mocks.length > 0)
    return mocks.sort().map((file) => sourceOf(`${file.slice(0, -3)}=${join(MOCKS_FOLDER, file)}`));
  throw new UserError(
    'no-books',
    'it is not said whose books to compare with',
    'Name each service: --against bank=http://127.0.0.1:7001, or --against bank=bank.db.',
  );
}

/** Reads all of them. @throws UserError `books-unreachable`, `no-books`, and those of a participant's file */
export function readBooks(sources: readonly BookSource[]): Promise<readonly Book[]> {
  return Promise.all(sources.map((source) => source.read()));
}

function sourceOf(text: string): BookSource {
  const [, service, where] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (service === undefined || where === undefined) {
    const hint =
      'Write --against bank=http://127.0.0.1:7001, --against bank=bank.db or --against bank=entries.ndjson.';
    throw new UserError('bad-against', `--against takes service=where, not "${text}"`, hint);
  }
  if (/^https?:\/\//.test(where)) return { service, where, read: () => serviceBook(service, where) };
  if (!existsSync(where)) {
    throw new UserError('no-books', `there is no file ${where}`, 'Name a file that is there, or a URL.');
  }
  const isList = where.endsWith('.ndjson');
  return {
    service,
    where,
    read: async () => (isList ? listedBook(service, where) : { ...bookOfFile(where), service }),
  };
}

/** One entry in each line. */
function listedBook(service: string, file: string): Book {
  const lines = readFileSync(file, 'utf8').split('\n');
  const entries = lines.flatMap((line, i): readonly BookEntry[] => {
    if (line.trim() === '') return [];
    let entry: unknown;
    try {
      entry = JSON.parse(line);
    } catch (error) {
      throw badLine(file, i, firstLine(error));
    }
    if (!isEntry(entry)) throw badLine(file, i, 'it is no entry');
    return [entry];
  });
  return { service, entries };
}

function badLine(file: string, line: number, why: string): UserError {
  const hint =
    'An entry is { saga, step, direction, round, action, … }, as `LedgerEntry` of sagastorm/engine.';
  return new UserError('no-books', `${file}, line ${line + 1}: ${why}`, hint);
}
