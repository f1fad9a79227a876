// The dependency graph of a saga: order, cycles, and who must be undone before whom.

import { UserError } from './user-error.ts';

/** The edges of one step, as indices into the list of steps. */
export interface StepEdges {
  readonly after: readonly number[];
  readonly ancestors: readonly number[];
  readonly descendants: readonly number[];
}

/**
 * Turns names into indices and closes the graph transitively.
 *
 * @throws UserError `unknown-step` when `after` names a step that is not there, `cycle` with the path around.
 */
export function compileGraph(
  saga: string,
  steps: readonly { readonly name: string; readonly after: readonly string[] }[],
): readonly StepEdges[] {
  const indexOf = new Map(steps.map((step, index) => [step.name, index]));
  const after = steps.map((step) =>
    step.after.map((name) => {
      const index = indexOf.get(name);
      if (index !== undefined) return index;
      throw new UserError(
        'unknown-step',
        `saga "${saga}", step "${step.name}": after names "${name}", which is not a step`,
        `Steps are: ${steps.map((s) => s.name).join(', ')}.`,
      );
    }),
  );
  refuseCycle(
    saga,
    steps.map((step) => step.name),
    after,
  );
  const descendants = closure(after);
  const ancestors = reversed(descendants);
  return after.map((before, index) => ({
    after: before,
    ancestors: ancestors[index]!,
    descendants: descendants[index]!,
  }));
}

function refuseCycle(saga: string, names: readonly string[], after: readonly (readonly number[])[]): void {
  const done = new Set<number>();
  const path: number[] = [];
  const visit = (index: number): void => {
    if (done.has(index)) return;
    const start = path.indexOf(index);
    if (start >= 0) {
      const cycle = [...path.slice(start), index]
        .map((i) => names[i])
        .reverse()
        .join(' → ');
      throw new UserError(
        'cycle',
        `saga "${saga}": steps wait for one another: ${cycle}`,
        'Remove one of these `after`.',
      );
    }
    path.push(index);
    for (const before of after[index]!) visit(before);
    path.pop();
    done.add(index);
  };
  for (let index = 0; index < names.length; index++) visit(index);
}

function closure(after: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const children = reversed(after);
  return children.map((direct) => {
    const reached = new Set<number>();
    const open = [...direct];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...children[next]!);
    }
    return [...reached].sort((a, b) => a - b);
  });
}

/** The same edges from their other ends, in order. */
function reversed(edges: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const lists: number[][] = edges.map(() => []);
  for (const [from, ends] of edges.entries()) for (const to of ends) lists[to]!.push(from);
  return lists;
}
