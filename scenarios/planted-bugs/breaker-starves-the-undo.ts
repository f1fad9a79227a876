// A circuit breaker per service: after three failures in a row nothing leaves for it, and after a while one call is
// let through to see. Only new work may be that call, so as not to waste the probe on old sagas; and when no new
// work comes, the breaker never closes, and the refunds wait behind it for ever. A saga manager in Python,
// `SagaCircuitBreaker`: steps and compensations share one state per service, and what is refused in the half-open
// state closes nothing.

import type { Call, SagaEvent, SagaInput, SagaState } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shop } from './shop.ts';

const NAME = 'breaker-starves-the-undo';
const FAILURES_MAX = 3;
const OPEN_US = 10_000_000;

/** An engine with a breaker that any call may close again. */
class BreakerEngine extends PlainEngine {
  readonly #failures = new Map<string, number>();
  readonly #closedUntilUs = new Map<string, number>();

  protected override decide(state: SagaState, input: SagaInput, nowUs: number): readonly SagaEvent[] {
    if (input.kind === 'reply') this.#note(state.definition.steps[input.step]!.service, input.outcome, nowUs);
    return super.decide(state, input, nowUs);
  }

  #note(service: string, outcome: Extract<SagaInput, { kind: 'reply' }>['outcome'], nowUs: number): void {
    const works = outcome.kind === 'applied' || outcome.failure === 'business';
    const failures = works ? 0 : (this.#failures.get(service) ?? 0) + 1;
    this.#failures.set(service, failures);
    if (failures >= FAILURES_MAX) this.#closedUntilUs.set(service, nowUs + OPEN_US);
  }

  protected override mayLeave(call: Call, nowUs: number): boolean {
    if ((this.#failures.get(call.service) ?? 0) < FAILURES_MAX) return true;
    if (nowUs < this.#closedUntilUs.get(call.service)! || !this.mayProbe(call)) return false;
    this.#closedUntilUs.set(call.service, nowUs + OPEN_US);
    return true;
  }

  protected mayProbe(_call: Call): boolean {
    return true;
  }
}

class StarvingBreaker extends BreakerEngine {
  protected override mayProbe({ direction }: Call): boolean {
    return direction === 'forward';
  }
}

export const bug = plantedBug({
  how: 'An open circuit breaker lets only new work try the service again, so compensations wait for ever',
  mended: 'Undos are never refused by a circuit breaker',
  lookFor:
    'Ask what closes the breaker when no new orders come, and whether compensations wait behind it. Undos should pass, or probe by themselves.',
  reading: 'Nygard, _Release It!_, on circuit breakers',
  caughtBy: ['every-saga-ends'],
  trigger: ['fail-before', 'drop-reply'],
  seenIn: 'a saga manager in Python (SagaCircuitBreaker: steps and compensations share one breaker)',
  wrong: shop({
    name: NAME,
    title: 'The breaker is open, and refunds may not knock',
    engine: (options) => new StarvingBreaker(options),
  }),
  right: shop({
    name: `${NAME}-corrected`,
    title: `${NAME}, done right`,
    engine: (options) => new BreakerEngine(options),
  }),
});

export default bug.wrong;
