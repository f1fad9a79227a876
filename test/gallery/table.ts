// The gallery's table, as it is committed: only what is the same on every machine.

import type { FaultPlan } from '../../simulator/index.ts';
import { type Exhibit, smallestOf } from './exhibit.ts';

/** The middle one, or the lower of the two in the middle; something that was never found counts as infinitely many. */
export function median(values: readonly (number | undefined)[]): number {
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

/** Markdown, one row per bug. */
export function tableOf(exhibits: readonly Exhibit[]): string {
  const rows = exhibits.map(({ name, how, seenIn, caughtBy, seeds, finds }) => {
    const { plan, only } = smallestOf(finds);
    return `| [${name}](${name}.ts) | ${how} | ${seenIn} | \`${caughtBy ?? 'escaped'}\` | ${median(seeds)} | ${plan.length}: ${kindsOf(plan)} | ${only.length} | ${finds.explored === undefined ? '–' : 'yes'} |`;
  });
  return [
    '# Planted bugs',
    '',
    'Each is wrong on purpose, and has a corrected twin in the same file. `npm run gallery` finds them all again, and fails',
    'when one escapes, when a twin is accused, or when this table is not what it finds; `-- --write` keeps what it finds.',
    '',
    '- **seen in**: mostly one of five published designs that this project grew from: a guide for on call, a saga engine in Go, a transfer service in Python, an order flow in Java and a saga manager in Python',
    '- **caught by**: the invariant that caught it first, from the first of ten root seeds; the default storm, ten sagas a run',
    '- **seeds**: how many runs it took to find it, median over the ten root seeds',
    '- **smallest plan**: the faults that are left when none can be left out',
    '- **sagas**: how many of the ten are left',
    '- **explore**: whether one fault by itself, or none, brings it out for one saga or two (`sagastorm explore`)',
    '',
    '| bug | what goes wrong | seen in | caught by | seeds | smallest plan | sagas | explore |',
    '|---|---|---|---|--:|---|--:|---|',
    ...rows,
    '',
  ].join('\n');
}

function kindsOf(plan: FaultPlan): string {
  return plan.length === 0 ? 'no fault' : plan.map(({ kind }) => kind).join(', ');
}
