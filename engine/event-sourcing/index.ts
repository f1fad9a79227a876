// Event sourcing: aggregates, their streams, snapshots and projections (`sagastorm/event-sourcing`).

export * from './aggregate.ts';
export * from './async-streams.ts';
export * from './event-streams.ts';
export * from './projection.ts';
export {
  type Handled,
  type Loaded,
  Repository,
  type RepositoryOptions,
  type Snapshot,
  type Snapshots,
} from './repository.ts';
