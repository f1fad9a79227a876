// The weathers that a run may have, by name; what they are is profile.ts. A file of its own: the command line needs the
// names before it needs any fault.

import type { Profile } from './profile.ts';

const ALL: Readonly<Record<Profile['name'], true>> = { calm: true, breeze: true, storm: true };

/** Of all profiles, the fairest first. */
export const PROFILE_NAMES = Object.keys(ALL) as readonly Profile['name'][];
