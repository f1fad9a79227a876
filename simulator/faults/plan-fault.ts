// What keeps a value from being a fault plan: it may come from a file, or from somebody's own code.

import { nearest } from '../../engine/core/nearest.ts';
import type { PlannedFault } from '../run-result.ts';
import { FAULTS } from './catalogue.ts';
import type { Params } from './fault.ts';

const MEMBERS: readonly string[] = ['kind', 'at', 'params'] satisfies readonly (keyof PlannedFault)[];
/** A duration of up to eleven days in microseconds; a count is less. */
const PARAM_MAX = 1e12;

/** The end of a sentence about a plan, such as `has the kind "drop-replies" (did you mean "drop-reply"?)`, or undefined. */
export function planFault(plan: unknown): string | undefined {
  if (!Array.isArray(plan)) return 'is not a list of faults';
  for (const [i, planned] of plan.entries()) {
    const wrong = plannedFault(planned);
    if (wrong !== undefined) return `has as fault ${i + 1} ${wrong}`;
  }
  return undefined;
}

function plannedFault(planned: unknown): string | undefined {
  if (typeof planned !== 'object' || planned === null) return `${String(planned)}, which is no object`;
  const { kind, at, params } = planned as Readonly<Record<string, unknown>>;
  const fault = FAULTS.find((known) => known.kind === kind);
  if (fault === undefined) return `one of the kind ${quoted(kind, kinds())}, which there is not`;
  const member = Object.keys(planned).find((name) => !MEMBERS.includes(name));
  if (member !== undefined) return `a ${fault.kind} with the unknown member ${quoted(member, MEMBERS)}`;
  if (typeof at !== 'string') return `a ${fault.kind} whose "at" is not a text`;
  if (typeof params !== 'object' || params === null) return `a ${fault.kind} whose "params" is no object`;
  return wrongParam(params, fault.kind, Object.keys(fault.draw((_name, min) => min)));
}

function wrongParam(params: object, kind: string, known: readonly string[]): string | undefined {
  for (const [name, value] of Object.entries(params as Params)) {
    if (!known.includes(name)) return `a ${kind} with the unknown parameter ${quoted(name, known)}`;
    if (!Number.isInteger(value) || Math.abs(value) > PARAM_MAX)
      return `a ${kind} whose ${name} is ${String(value)}, no whole number within bounds`;
  }
  return undefined;
}

function kinds(): readonly string[] {
  return FAULTS.map(({ kind }) => kind);
}

function quoted(name: unknown, known: readonly string[]): string {
  const near = typeof name === 'string' ? nearest(name, known) : undefined;
  return `${String(JSON.stringify(name))}${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
}
