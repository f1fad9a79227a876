// What has to be changed to take one policy, or protocol, in place of another, as far as a comparison knows it: the settings
// that differ, or else the name that the command line knows it by.

import type { ComparedPolicy } from '../simulator/compare-record.ts';
import { number } from './wording.ts';

/** A change in words, and what is to be typed for it, if anything. */
export interface PolicyChange {
  readonly words: string;
  readonly typed?: string;
}

type Leaf = readonly [path: string, value: unknown];

/** From the baseline to the policy that is to take its place. */
export function changesTo(
  chosen: ComparedPolicy,
  baseline: ComparedPolicy,
  what: 'policy' | 'protocol' = 'policy',
): readonly PolicyChange[] {
  if (what === 'protocol')
    return [{ words: `Use the protocol “${chosen.name}”:`, typed: `--protocol ${chosen.name}` }];
  if (isObject(chosen.spec) && isObject(baseline.spec)) return settingsThatDiffer(chosen.spec, baseline.spec);
  const [, base, path, value] = /^(.+):([\w.]+)=(\d+)$/.exec(chosen.name) ?? [];
  if (base === baseline.name && path !== undefined && value !== undefined)
    return [{ words: `In “${base}”, set ${path} to ${number(Number(value))}:`, typed: flagOf(chosen) }];
  return [{ words: `Name the policy “${chosen.name}”:`, typed: flagOf(chosen) }];
}

function settingsThatDiffer(to: object, from: object): readonly PolicyChange[] {
  const before = new Map(leavesOf(from, ''));
  const after = new Map(leavesOf(to, ''));
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => path !== 'name');
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({ words: `${path}: ${textOf(before.get(path))} → ${textOf(after.get(path))}` }));
}

function leavesOf(node: object, prefix: string): readonly Leaf[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]): readonly Leaf[] =>
    isObject(value) ? leavesOf(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value]],
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'number' ? number(value) : String(value);
}

/** As a command that runs it says it, where there is one: a policy of a file is named by its path. */
function flagOf({ name, pairs = [] }: ComparedPolicy): string {
  const commands = pairs.flatMap(({ worst }) => worst.flatMap(({ replay }) => replay ?? []));
  const [flag] = / --policy (?:'[^']*'|\S+)/.exec(commands[0] ?? '') ?? [];
  const isBare = /^[\w./:@%+=-]+$/.test(name);
  return flag?.trim() ?? `--policy ${isBare ? name : `'${name.replaceAll("'", "'\\''")}'`}`;
}
