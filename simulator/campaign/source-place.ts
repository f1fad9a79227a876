// Where a scenario, and what it declares by name, stands in its file: for annotations beside the code. Read off the text,
// so it is a good guess and nothing that a verdict depends on.

import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';

/** A file and a line in it, from 1. */
export interface SourcePlace {
  /** Relative to where the command ran, with `/` on every system. */
  readonly file: string;
  readonly line: number;
}

/** The text of a scenario's file, and its path as reports tell it. */
export interface ScenarioSource {
  readonly place: SourcePlace;
  /** The line on which a name stands first, in quotes; undefined when it does not. */
  lineOf(name: string): number | undefined;
}

/** Undefined for a file outside the folder in which the command runs: its path would say where this machine keeps it. */
export function sourceOf(file: string): ScenarioSource | undefined {
  const path = relative('', file).split(sep).join('/');
  if (path.startsWith('..') || path === '' || /^([a-zA-Z]:)?\//.test(path)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const lineWith = (...texts: readonly string[]): number | undefined => {
    const index = lines.findIndex((line) => texts.some((text) => line.includes(text)));
    return index < 0 ? undefined : index + 1;
  };
  return {
    place: { file: path, line: lineWith('defineScenario(') ?? 1 },
    lineOf: (name) => lineWith(`'${name}'`, `"${name}"`, `\`${name}\``),
  };
}
