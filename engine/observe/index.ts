// What the logs of sagas tell whoever watches an engine: live or simulated, it is the same code.

export { type Attempt, attemptsOf, brokenLog, type ServiceOf } from './attempts.ts';
export type { AccountTotal, ItemTotal } from './book-totals.ts';
export type { Book, BookEntry, BookedAccount, OperationId } from './books.ts';
export {
  type DiagnosisSummary,
  diagnoseAll,
  effectsIn,
  type ManyFacts,
  servicesIn,
  summaryOf,
} from './diagnose-all.ts';
export {
  type Diagnosis,
  type DiagnosisFacts,
  diagnose,
  type ErrorType,
  type StepEffects,
} from './diagnosis.ts';
export { type LoggedSaga, type LoggedStep, type LogSays, loggedSaga } from './logged-operations.ts';
export { type OtlpAttribute, type OtlpTraces, otlpOf } from './otlp.ts';
export { type PaymentFacts, type PaymentLink, type PaymentReport, paymentReport } from './payment-report.ts';
export { type RebuildFacts, type RebuiltLog, rebuiltLog } from './rebuilt-log.ts';
export {
  type Difference,
  type InDoubt,
  isReconciled,
  lasting,
  type ReconcileFacts,
  type Reconciliation,
  type RetiredInBooks,
  reconcile,
} from './reconcile.ts';
export {
  DIAGNOSIS_CLASSES,
  type DiagnosisClass,
  type FailurePattern,
  REMEDIES,
  type Remedy,
} from './remedies.ts';
export {
  causeOf,
  type EndCause,
  SagaActivity,
  type SagaNews,
  type StuckSagas,
} from './saga-activity.ts';
export {
  type SagaSummary,
  type SummaryRow,
  sagaStateSummary,
  summaryRows,
} from './saga-summary.ts';
export type { DifferenceKind, Settlement, SettlingAct } from './settlement.ts';
export { type AttributeValue, type Span, type SpanEvent, spansOf } from './spans.ts';
export { type StockFacts, type StockMove, type StockReport, stockReports } from './stock-report.ts';
export type { UnjudgedStep } from './unjudged-steps.ts';
