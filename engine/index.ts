// Sagas, policies and the engine itself: a state machine without clock, chance or I/O.

export type {
  CommutativeUpdate,
  Countermeasure,
  IsolationDemand,
  RereadValue,
  SemanticLock,
  VersionFile,
  WhenLocked,
} from './core/countermeasure.ts';
export type {
  CompensationContext,
  ForwardContext,
  SagaDefinition,
  SagaSpec,
  StepDefinition,
  StepSpec,
} from './core/define-saga.ts';
export { minorUnits } from './core/money.ts';
export { Orchestrator } from './core/orchestrator.ts';
export type * from './core/orchestrator-messages.ts';
export { payloadHash } from './core/payload-hash.ts';
export type { FailedAttempt, PolicedSaga, Policy } from './core/policy.ts';
export type { Clock, EpochSink, InputSink, Store, Transport } from './core/ports.ts';
export type * from './core/protocol.ts';
export { CLEARING_PREFIX, FAILURE_CLASSES, idempotencyKey, isFinal } from './core/protocol.ts';
export { decideRepair, type Repair } from './core/repair.ts';
export { checkAct, type DoneAct, REPAIR_KINDS, type RepairAct, type RepairKind } from './core/repair-act.ts';
export {
  advance,
  created,
  deadlineOf,
  decide,
  type PendingCall,
  pending,
  type SagaInput,
} from './core/saga.ts';
export {
  type ActRecord,
  isWritten,
  type SagaEvent,
  type SagaStatus,
  type StepStatus,
  type StopReason,
  type StoredEvent,
} from './core/saga-event.ts';
export type { JsonSaga } from './core/saga-from-json.ts';
export {
  evolve,
  fold,
  initialState,
  isAtRest,
  isEnded,
  type SagaState,
  type StepState,
} from './core/saga-state.ts';
export type { StepKind } from './core/step-shape.ts';
export { UserError } from './core/user-error.ts';
export {
  type AccountTotal,
  type Book,
  type BookEntry,
  type BookedAccount,
  type Diagnosis,
  type DiagnosisClass,
  type DiagnosisFacts,
  type DiagnosisSummary,
  type Difference,
  type DifferenceKind,
  diagnose,
  diagnoseAll,
  type ErrorType,
  effectsIn,
  type FailurePattern,
  type InDoubt,
  type ItemTotal,
  isReconciled,
  lasting,
  type ManyFacts,
  type OperationId,
  type OtlpTraces,
  otlpOf,
  type PaymentFacts,
  type PaymentLink,
  type PaymentReport,
  paymentReport,
  type RebuildFacts,
  type RebuiltLog,
  type ReconcileFacts,
  type Reconciliation,
  rebuiltLog,
  reconcile,
  type SagaSummary,
  type Settlement,
  type SettlingAct,
  type Span,
  type StepEffects,
  type StockFacts,
  type StockMove,
  type StockReport,
  type SummaryRow,
  sagaStateSummary,
  spansOf,
  stockReports,
  summaryOf,
  summaryRows,
} from './observe/index.ts';
export * from './policy/index.ts';
