// Folders and files for results. What cannot be written is the user's to mend: another --out.

import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { firstLine } from './error-data.ts';

/**
 * Makes a folder, and those that it is in.
 *
 * @throws UserError `cannot-write`
 */
export function makeFolder(path: string): void {
  attempt(path, () => {
    const missing: string[] = [];
    for (
      let folder = resolve(path);
      !existsSync(folder) && folder !== dirname(folder);
      folder = dirname(folder)
    )
      missing.unshift(folder);
    for (const folder of missing) mkdirSync(folder); // all at once, Node never returns where nothing can be made
    mkdirSync(path, { recursive: true }); // refuses a file
  });
}

/**
 * Finds out whether a file can be written, and leaves everything as it is: for what is written after hours.
 *
 * @throws UserError `cannot-write`
 */
export function checkWritable(file: string): void {
  attempt(file, () => {
    const isNew = !existsSync(file);
    closeSync(openSync(file, 'a'));
    if (isNew) rmSync(file);
  });
}

/** @throws UserError `cannot-write` */
export function writeText(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text));
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UserError(
      'cannot-write',
      `cannot write ${path}: ${firstLine(error)}`,
      'Choose another file or --out.',
    );
  }
}
