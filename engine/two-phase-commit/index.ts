// Two-phase commit on the saga engine (`sagastorm/two-phase-commit`).

export { commitStepOf, isTwoPhase, twoPhaseCommit } from './coordinator.ts';
export {
  COMMIT_PREPARED,
  type Held,
  locked,
  prepareOf,
  ResourceManager,
  rollbackOf,
} from './resource-manager.ts';
export * from './transaction.ts';
