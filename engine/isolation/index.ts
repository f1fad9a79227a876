// The participant's half of isolation between sagas (`sagastorm/isolation`): semantic locks, versions, version files.

export type { IsolationDemand } from '../core/countermeasure.ts';
export { demandOf } from './demand.ts';
export { IsolatedService, isolated, RELEASE_LOCKS } from './isolated.ts';
export { type LockOwner, type SemanticLockHeld, SemanticLocks } from './semantic-locks.ts';
export { type PlacedChange, VersionFiles } from './version-files.ts';
