// A policy as a person would write it: a `definePolicy` call that leaves out what is standard anyway.

import { type FullPolicySpec, policies } from '../../engine/policy/index.ts';

const INDENT = '  ';
const WIDTH = 100;

/**
 * TypeScript that makes the policy, ready to be pasted.
 *
 * @example
 * definitionOf(definePolicy({ name: 'quick', callTimeoutMs: 2_000 }).toJSON());
 * // definePolicy({
 * //   name: 'quick',
 * //   callTimeoutMs: 2_000,
 * // })
 */
export function definitionOf({ name, ...spec }: FullPolicySpec): string {
  const { name: _, ...standard } = policies.default.toJSON();
  return `definePolicy(${written({ name, ...unlike(spec, standard) }, '')})`;
}

/** The members in which `own` differs; of the retry table the rows. */
function unlike(own: object, standard: object): Readonly<Record<string, unknown>> {
  const usual = standard as Readonly<Record<string, unknown>>;
  const differing = Object.entries(own).filter(([key, value]) => !isAlike(value, usual[key]));
  return Object.fromEntries(
    differing.map(([key, value]) => [
      key,
      key === 'retry' ? unlike(value as object, usual[key] as object) : value,
    ]),
  );
}

/** Whatever the order of members. */
function isAlike(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return left.length === Object.keys(b).length && left.every(([key, value]) => isAlike(value, right[key]));
}

/** Objects on one line where there is room, but the outermost. */
function written(value: unknown, indent: string): string {
  if (typeof value === 'number') return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map((one) => written(one, indent)).join(', ')}]`;
  const inner = indent + INDENT;
  const members = Object.entries(value as object).map(([key, one]) => `${key}: ${written(one, inner)}`);
  const line = `{ ${members.join(', ')} }`;
  if (indent !== '' && line.length <= WIDTH && !line.includes('\n') && !line.slice(1).includes('{'))
    return line;
  return `{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`;
}
