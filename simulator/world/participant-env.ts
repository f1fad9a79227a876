// A participant's view of the world: its own clock, chance that is keyed by what is decided, and its own commits.

import { hash32 } from '../../engine/core/mix.ts';
import type { ParticipantEnv } from '../../engine/core/protocol.ts';
import { threshold } from '../kernel/random.ts';
import type { MachineClock } from './machine-clock.ts';
import type { World } from './world.ts';

/** @param commit told of each commit that a participant makes before its last */
export function participantEnv(
  { seed }: World,
  clock: MachineClock,
  commit: () => void = () => undefined,
): ParticipantEnv {
  const purposes = new Map<string, number>();
  return {
    get nowUs() {
      return clock.nowUs;
    },
    chance(purpose, subject, permille) {
      let key = purposes.get(purpose);
      if (key === undefined) {
        key = hash32(`chance:${purpose}`);
        purposes.set(purpose, key);
      }
      return seed.draw(key, hash32(subject), subject.length, 0) < threshold(permille * 1000);
    },
    commit,
  };
}
