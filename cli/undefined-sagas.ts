// Sagas that wait for a person, and whose definition a server was not given. It starts all the same, for they are not open; but no
// act of a person could go on with them, and that is said before somebody needs it.

import { definitionWithin } from '../engine/core/inline-saga.ts';
import { PAGE_MAX, type SagaCatalogue } from '../engine/live/index.ts';
import { policies } from '../engine/policy/index.ts';
import { counted } from '../reports/wording.ts';

/** A look at the start must end: so many sagas are looked at, the newest first. */
const LOOKED_AT_MAX = 10_000;
/** Definitions that are named. */
const NAMED_MAX = 10;

/** As definitions are known by. */
export interface KnownDefinition {
  readonly name: string;
  readonly version: number;
}

/**
 * What to say of them, in one sentence; undefined when there is none.
 *
 * @throws UserError `store-failed`
 */
export async function undefinedSagas(
  catalogue: Pick<SagaCatalogue, 'find' | 'logOf'>,
  known: readonly KnownDefinition[],
): Promise<string | undefined> {
  const missing = await countedByDefinition(catalogue, new Set(known.map(nameOf)));
  const total = [...missing.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const named = [...missing].slice(0, NAMED_MAX).map(([name, count]) => `${count} of ${name}`);
  const rest = missing.size > NAMED_MAX ? ', …' : '';
  const whose = total === 1 ? 'waits for a person, and its' : 'wait for a person, and their';
  return (
    `${counted(total, 'saga')} ${whose} definition is not here (${named.join(', ')}${rest}): ` +
    'no repair can go on with them until it is given with --definitions FILE.'
  );
}

async function countedByDefinition(
  catalogue: Pick<SagaCatalogue, 'find' | 'logOf'>,
  known: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const missing = new Map<string, number>();
  let cursor: string | undefined;
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += PAGE_MAX) {
    const asked = { statuses: ['compensation_failed'], limit: PAGE_MAX } as const;
    const { sagas, next } = await catalogue.find({ ...asked, ...(cursor === undefined ? {} : { cursor }) });
    for (const { saga, definition, definitionVersion } of sagas) {
      const name = nameOf({ name: definition, version: definitionVersion });
      if (!known.has(name) && !(await isInline(catalogue, saga)))
        missing.set(name, (missing.get(name) ?? 0) + 1);
    }
    if (next === undefined) break;
    cursor = next;
  }
  return missing;
}

/** A saga in JSON brought its definition along. */
async function isInline(catalogue: Pick<SagaCatalogue, 'logOf'>, saga: string): Promise<boolean> {
  const first = (await catalogue.logOf(saga))[0]?.event;
  return first?.kind === 'saga-created' && definitionWithin(first, policies.default) !== undefined;
}

function nameOf({ name, version }: KnownDefinition): string {
  return `"${name}" version ${version}`;
}
