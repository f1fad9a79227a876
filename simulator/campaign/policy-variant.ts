// Policies that are another one but for one number: `default:retry.timeout.attemptsMax=3`. A sweep makes them, and so may
// anybody who names a policy.

import { nearest } from '../../engine/core/nearest.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { PolicySpec } from '../../engine/policy/index.ts';

/** A policy's name and a setting of it. */
export interface NamedVariant {
  readonly base: string;
  readonly path: string;
  readonly value: string;
}

export function variantName(base: string, path: string, value: string | number): string {
  return `${base}:${path}=${value}`;
}

/** What a name says, if it is one of {@link variantName}. */
export function variantIn(name: string): NamedVariant | undefined {
  const [, base, path, value] = /^(.+):([\w.]+)=([^=]*)$/.exec(name) ?? [];
  return base === undefined ? undefined : { base, path: path!, value: value! };
}

function wholeNumber(path: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UserError('bad-setting', `${path}: "${text}" is not a whole number`);
}

/**
 * A policy with one of its numbers changed.
 *
 * @param path such as `retry.timeout.attemptsMax`
 * @throws UserError `bad-setting`
 */
export function withSetting(spec: PolicySpec, path: string, text: string): PolicySpec {
  const value = wholeNumber(path, text);
  const known = settings(spec, '');
  if (!known.includes(path)) {
    throw new UserError(
      'bad-setting',
      `policy "${spec.name}" has no setting "${path}"`,
      settingHint(path, known),
    );
  }
  const copy = structuredClone(spec);
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], copy);
  (owner as Record<string, unknown>)[last] = value;
  return copy;
}

/** The settings under it, or the one that it is near to. */
function settingHint(path: string, known: readonly string[]): string {
  const under = known.filter((setting) => setting.startsWith(`${path}.`));
  if (under.length > 0) return `Settings: ${under.join(', ')}.`;
  const near = nearest(path, known);
  const means = near === undefined ? '' : `Did you mean "${near}"? `;
  return `${means}Settings are such as ${[known[0]!, known[1]!, known.at(-1)!].join(', ')}.`;
}

/** The paths of all numbers in it. */
function settings(node: object, prefix: string): readonly string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === 'number') return [`${prefix}${key}`];
    return typeof value === 'object' && value !== null ? settings(value, `${prefix}${key}.`) : [];
  });
}
