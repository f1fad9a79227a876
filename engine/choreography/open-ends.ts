// C2: plays a choreography through, once for every set of steps that may be refused, with events that everybody sees at once,
// and finds the branch that nobody thought of. What may go wrong on the way is for the storm.

import type { SagaDefinition } from '../core/define-saga.ts';
import { UserError } from '../core/user-error.ts';
import { type Choreography, isMet, type Reaction, reactionsOf } from './reaction.ts';

/** With more steps that can be refused, only branches with one or two refusals are played. */
const REFUSABLE_MAX = 10;

const HINT =
  'Give the event that it stops at a reaction, or what stays done one with `undoes`. A condition is met when all of its events were seen; a list within it stands for any one of its events.';

type Standing = 'applied' | 'refused' | 'undone';

/** How one branch ended. */
interface Played {
  readonly seen: ReadonlySet<string>;
  readonly steps: ReadonlyMap<string, Standing>;
}

/** @throws UserError `open-end` with the first branch that ends neither done nor undone */
export function refuseOpenEnds(choreography: Choreography): void {
  const refusable = reactionsOf(choreography).flatMap(([, { does, rejected }]) =>
    does !== undefined && rejected !== undefined ? [does] : [],
  );
  const moments = choreography.cancelledBy === undefined ? 0 : reactionsOf(choreography).length + 1;
  for (const refused of branches(refusable))
    for (let at = -1; at < moments; at++) {
      const fault = faultOf(choreography, play(choreography, new Set(refused), at));
      if (fault === undefined) continue;
      const when =
        (refused.length === 0 ? 'when nothing is refused' : `when ${refused.join(' and ')} is refused`) +
        (at < 0 ? '' : ` and it is cancelled after ${at} reactions`);
      throw new UserError('open-end', `choreography "${choreography.name}": ${when}, ${fault}`, HINT);
    }
}

function branches(refusable: readonly string[]): readonly (readonly string[])[] {
  if (refusable.length <= REFUSABLE_MAX) {
    return Array.from({ length: 1 << refusable.length }, (_, set) =>
      refusable.filter((_one, i) => (set & (1 << i)) !== 0),
    );
  }
  const pairs = refusable.flatMap((a, i) => refusable.slice(i + 1).map((b) => [a, b]));
  return [[], ...refusable.map((one) => [one]), ...pairs];
}

function play(choreography: Choreography, refused: ReadonlySet<string>, cancelAt: number): Played {
  const seen = new Set([choreography.starts]);
  const steps = new Map<string, Standing>();
  const open = new Set(reactionsOf(choreography).map(([, reaction]) => reaction));
  for (let fired = 0; ; fired++) {
    if (fired === cancelAt) seen.add(choreography.cancelledBy!);
    const next = [...open].find(({ when }) => isMet(when, (type) => seen.has(type)));
    if (next === undefined) return { seen, steps };
    open.delete(next);
    const published = fire(choreography.saga, next, steps, refused);
    if (published !== undefined) seen.add(published);
  }
}

function fire(
  { steps: definitions }: SagaDefinition,
  { does, undoes, applied, rejected }: Reaction,
  steps: Map<string, Standing>,
  refused: ReadonlySet<string>,
): string | undefined {
  const step = (does ?? undoes)!;
  const before = steps.get(step);
  if (does !== undefined) {
    if (before !== undefined) return undefined;
    const isRefused = rejected !== undefined && refused.has(step);
    steps.set(step, isRefused ? 'refused' : 'applied');
    return isRefused ? rejected : applied;
  }
  if (before === 'refused') return undefined;
  if (before === 'applied' && isFinal(definitions.find(({ name }) => name === step)!)) return undefined;
  steps.set(step, 'undone');
  return applied;
}

/** Whether what was done stays done. */
export function isFinal({ hasEffects, compensation }: SagaDefinition['steps'][number]): boolean {
  return hasEffects && compensation === undefined;
}

function faultOf(
  { saga, completes, cancels, cancelledBy = '' }: Choreography,
  { seen, steps }: Played,
): string | undefined {
  const isCalledFor = seen.has(cancelledBy) || [...steps.values()].includes('refused');
  const isSeen = (type: string): boolean => seen.has(type);
  const effective = saga.steps.filter(({ hasEffects }) => hasEffects);
  const named = (wanted: boolean): string =>
    effective
      .filter(({ name }) => (steps.get(name) === 'applied') === wanted)
      .map(({ name }) => name)
      .join(', ');
  const standing = named(true);
  const missing = named(false);
  if (isMet(cancels, isSeen) && !isCalledFor) return 'it ends as undone';
  if (isMet(cancels, isSeen))
    return standing === '' ? undefined : `it ends as undone, and ${standing} stays done`;
  if (isMet(completes, isSeen)) return missing === '' ? undefined : `it completes without ${missing}`;
  return `it stops after "${[...seen].at(-1)}"${standing === '' ? '' : ` with ${standing} done`}`;
}
