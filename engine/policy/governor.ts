// The part of a policy that remembers: breakers, budgets, places and success rates per service, of one process.
// Deterministic: it knows only what it is told, in order. After a crash it begins anew.

import type {
  AdmissionLimits,
  CircuitChange,
  DueCall,
  FailedAttempt,
  Governor,
  LeftCall,
  RetryRules,
} from '../core/policy.ts';
import type { Direction, FailureClass, Outcome, Rejected } from '../core/protocol.ts';
import { AdaptiveRetry, type AdaptiveRetrySpec } from './adaptive-retry.ts';
import { Bulkhead, type BulkheadSpec } from './bulkhead.ts';
import { Circuit, type CircuitBreakerSpec, isServiceFailure } from './circuit-breaker.ts';
import { RetryBudget, type RetryBudgetSpec } from './retry-budget.ts';

/** How new sagas are admitted: see {@link AdmissionLimits}. */
export interface AdmissionSpec extends AdmissionLimits {}

/** Second copies of calls without effects whose answer is late (Dean and Barroso, "The Tail at Scale", CACM 2013). */
export interface HedgeSpec {
  /** How long an answer may take before the one copy is sent, 1 ms to one day; about the service's p95 is usual. */
  readonly afterMs: number;
}

/** The members of a policy that need memory. Each may be left out. */
export interface GovernedSpec {
  readonly retryBudget?: RetryBudgetSpec;
  readonly circuitBreaker?: CircuitBreakerSpec;
  readonly bulkhead?: BulkheadSpec;
  readonly adaptiveRetry?: AdaptiveRetrySpec;
  readonly hedge?: HedgeSpec;
  readonly admission?: AdmissionSpec;
}

/** The stateless rules below it, and the longest wait of a row. */
export interface TableRules extends RetryRules {
  longestWaitUs(direction: Direction, failure: FailureClass): number;
}

/** What costs no budget: no call was made, or the service itself says when to come back. */
const PACED: ReadonlySet<FailureClass> = new Set<FailureClass>(['circuit_open', 'rate_limited']);

/** What is kept of one service. */
interface ServiceState {
  readonly circuit: Circuit | undefined;
  readonly budget: RetryBudget | undefined;
  readonly bulkhead: Bulkhead | undefined;
  readonly adaptive: AdaptiveRetry | undefined;
}

export class ProcessGovernor implements Governor {
  readonly admission: AdmissionLimits | undefined;
  readonly hedgeAfterUs: number;
  readonly #spec: GovernedSpec;
  readonly #table: TableRules;
  readonly #report: (change: CircuitChange) => void;
  readonly #services = new Map<string, ServiceState>();

  constructor(spec: GovernedSpec, table: TableRules, report: (change: CircuitChange) => void) {
    this.admission = spec.admission;
    this.hedgeAfterUs = spec.hedge === undefined ? -1 : spec.hedge.afterMs * 1000;
    this.#spec = spec;
    this.#table = table;
    this.#report = report;
  }

  generation(service: string): number {
    return this.#of(service).circuit?.generation ?? 0;
  }

  permit(call: DueCall, nowUs: number): 'go' | 'wait' | Rejected {
    const { circuit, bulkhead } = this.#of(call.service);
    const refusal = call.direction === 'forward' ? circuit?.refusal(nowUs) : undefined;
    if (refusal !== undefined) return refusal;
    if (bulkhead !== undefined && !bulkhead.hasPlace) {
      if (bulkhead.wait(call)) return 'wait';
      const reason = `too many calls to "${call.service}" wait`;
      return { kind: 'rejected', failure: 'resource_exhausted', reason };
    }
    bulkhead?.enter();
    if (call.direction === 'forward') circuit?.left();
    return 'go';
  }

  permitCopy(service: string): boolean {
    const { circuit, bulkhead } = this.#of(service);
    if (bulkhead?.hasPlace === false || (circuit !== undefined && circuit.state !== 'closed')) return false;
    bulkhead?.enter();
    return true;
  }

  settled(call: LeftCall, outcome: Outcome | undefined, nowUs: number): void {
    const { circuit, budget, bulkhead, adaptive } = this.#of(call.service);
    bulkhead?.leave();
    if (call.direction === 'forward') circuit?.settled(call.generation, outcome, nowUs);
    if (outcome === undefined) return;
    const failed = isServiceFailure(outcome);
    adaptive?.settled(failed);
    if (!failed) budget?.succeeded();
    else if (outcome.kind !== 'applied') budget?.failed(outcome.failure);
  }

  next(service: string): string | undefined {
    return this.#services.get(service)?.bulkhead?.next();
  }

  forget(saga: string): void {
    if (this.#spec.bulkhead === undefined) return;
    for (const { bulkhead } of this.#services.values()) bulkhead?.forget(saga);
  }

  retryDelayUs(attempt: FailedAttempt): number {
    const waitUs = this.#table.retryDelayUs(attempt);
    if (waitUs < 0) return waitUs;
    const { service, direction, failure, endless } = attempt;
    const { adaptive, budget } = this.#of(service);
    const longestUs = this.#table.longestWaitUs(direction, failure);
    const stretchedUs = adaptive?.stretched(waitUs, longestUs) ?? waitUs;
    if (direction === 'compensation' || PACED.has(failure)) return stretchedUs;
    if (budget === undefined || budget.takeRetry(failure)) return stretchedUs;
    return endless ? Math.max(stretchedUs, longestUs) : -1;
  }

  #of(service: string): ServiceState {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const { circuitBreaker, retryBudget, bulkhead, adaptiveRetry } = this.#spec;
    const fresh: ServiceState = {
      circuit: circuitBreaker && new Circuit(service, circuitBreaker, this.#report),
      budget: retryBudget && new RetryBudget(retryBudget),
      bulkhead: bulkhead && new Bulkhead(bulkhead),
      adaptive: adaptiveRetry && new AdaptiveRetry(adaptiveRetry),
    };
    this.#services.set(service, fresh);
    return fresh;
  }
}
