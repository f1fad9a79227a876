// Which faults nothing in a world can suffer: they are neither on nor missed (S7).

import type { Participant } from '../../engine/core/protocol.ts';
import type { Versions } from './versions.ts';

/** Kinds that cannot strike, whatever the profile. */
export function impossibleKinds(
  participants: Readonly<Record<string, Participant>>,
  versions: Versions,
): ReadonlySet<string> {
  const kinds = new Set<string>();
  if (!versions.areSeveral) kinds.add('deploy');
  if (!Object.values(participants).some((one) => one.restart !== undefined)) kinds.add('participant-restart');
  return kinds;
}
