// Event sourcing: aggregates, their streams, snapshots and projections (`sagastorm/event-sourcing`).

export * from './aggregate.ts';
export * from './event-streams.ts';
export * from './projection.ts';
export * from './repository.ts';
