// Scenarios, the storm that they are run in, invariants, and the records of what came out.

export * from './compare-record.ts';
export { defineConfig, type RunConfig } from './config.ts';
export * from './debug-record.ts';
export { FAULTS } from './faults/catalogue.ts';
export type { Fault, Params, PointKind } from './faults/fault.ts';
export { coverageCells, type PointVisitor } from './faults/injector.ts';
export { type Profile, profiles } from './faults/profile.ts';
export { INVARIANTS } from './invariants/catalogue.ts';
export type { CaseFile, Invariant, InvariantFactory, Reporter, WorldView } from './invariants/invariant.ts';
export { messagesHandled } from './invariants/messages-handled.ts';
export { type EndedSaga, type Sometimes, type SometimesOptions, sometimes } from './invariants/sometimes.ts';
export type { LatencyPercentiles, LatencySpec } from './kernel/latency.ts';
export { TraceLog } from './kernel/trace.ts';
export {
  type NodeListener,
  type NodeRequest,
  type NodeResponse,
  nodeListener,
} from './own-service/node-listener.ts';
export { type OwnClientOptions, ownClient } from './own-service/own-client.ts';
export { type OwnServiceOptions, ownService } from './own-service/own-service.ts';
export type { ClientStart, StartClient, StartedClient } from './own-service/started-client.ts';
export type {
  BookEntry,
  Books,
  ServiceContext,
  StartedService,
  StartService,
} from './own-service/started-service.ts';
export { inProtocol } from './protocol.ts';
export { PROTOCOLS, type Protocol } from './protocol-names.ts';
export type { RepairCommand, RepairHabits } from './repair-habits.ts';
export * from './run-record.ts';
export * from './run-result.ts';
export {
  defineScenario,
  type Engine,
  type KeepsLiterals,
  type SagaStart,
  type Scenario,
  type ScenarioSpec,
  type StartOf,
  type Variant,
  type WorkloadContext,
} from './scenario.ts';
export type { ServiceLevels } from './service-levels.ts';
export type { Capacity, Incident } from './service-load.ts';
export type { Answered, Task, TimedParticipant, Turn, TurnTime } from './timed-participant.ts';
export * from './tune-record.ts';
export { AmbientAccessError } from './world/sandbox.ts';
export { simulate } from './world/simulate.ts';
export type { SimulationOptions } from './world/simulation-options.ts';
