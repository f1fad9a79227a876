// The network of a run for real: HTTP over real sockets, between the orchestrator and which faults strike.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import type { InputSink, Transport } from '../../engine/core/ports.ts';
import type { Call, Outcome } from '../../engine/core/protocol.ts';
import type { MessageFate } from '../../simulator/faults/fault.ts';
import type { PlannedFault } from '../../simulator/run-result.ts';
import { indexOf, type LiveFaults, type LivePoint } from './live-faults.ts';
import type { PreparedLive } from './live-job.ts';
import type { ProcessFaults } from './process-faults.ts';

const NOBODY: InputSink = { input: () => undefined };

/** A copy that comes when all is over. */
export interface LateCopy {
  readonly call: Call;
  readonly fault: PlannedFault;
}

export interface ChaosTransportParts {
  readonly inner: Transport & { readonly services: readonly string[] };
  readonly run: PreparedLive;
  readonly faults: LiveFaults;
  readonly process: ProcessFaults;
  /** Told of copies that are to arrive when all sagas have ended. */
  readonly late: (copy: LateCopy) => void;
}

/** The point of a call: the transmission is its attempt, which outlives the process. */
export function pointOf(
  { definitionOf }: PreparedLive,
  { saga, step, direction, attempt }: Call,
  place: LivePoint['place'],
): LivePoint {
  const x = indexOf(saga);
  const y = 2 * stepIndexOf(definitionOf(x), step) + (direction === 'forward' ? 0 : 1);
  return { place, x, y, z: 2 * attempt };
}

export class ChaosTransport implements Transport {
  readonly services: readonly string[];
  readonly #parts: ChaosTransportParts;

  constructor(parts: ChaosTransportParts) {
    this.#parts = parts;
    this.services = parts.inner.services;
  }

  send(call: Call, answers: InputSink): void {
    const { run, process } = this.#parts;
    process.meet('before-send', pointOf(run, call, 'before-send'), call.direction);
    this.#post(copyOf(call), answers);
    process.meet('after-send', pointOf(run, call, 'after-send'), call.direction);
  }

  #post(call: Call, answers: InputSink): void {
    const { faults, run, late } = this.#parts;
    const phase = phaseOf(call);
    const fate: MessageFate = { dropped: false, delayUs: 0, copyAfterUs: -1, isLateCopy: false };
    const struck = faults.strike('request', pointOf(run, call, 'request'), fate);
    if (fate.dropped) {
      return faults.delivered(
        struck.filter(({ kind }) => kind === 'drop-request'),
        phase,
      );
    }
    const copies = struck.filter(({ kind }) => kind.endsWith('duplicate') || kind === 'duplicate-request');
    faults.delivered(
      struck.filter((fault) => !copies.includes(fault)),
      phase,
    );
    this.#after(fate.delayUs, () => this.#ask(call, answers));
    if (fate.isLateCopy) late({ call, fault: copies.find(({ kind }) => kind === 'late-duplicate')! });
    else if (fate.copyAfterUs >= 0) {
      this.#after(fate.delayUs + fate.copyAfterUs, () => {
        faults.delivered(copies, phase);
        this.#parts.inner.send(call, NOBODY);
      });
    }
  }

  #ask(call: Call, answers: InputSink): void {
    this.#parts.inner.send(call, {
      input: (input) => {
        if (input.kind === 'reply') this.#answer(call, input.outcome, answers);
      },
    });
  }

  /** A reply that is lost is lost by its participant, which cuts the connection: see participant-process.ts. */
  #answer(call: Call, outcome: Outcome, answers: InputSink): void {
    const { faults, run } = this.#parts;
    const fate: MessageFate = { dropped: false, delayUs: 0, copyAfterUs: -1, isLateCopy: false };
    const struck = faults
      .strike('reply', pointOf(run, call, 'reply'), fate)
      .filter(({ kind }) => kind !== 'drop-reply');
    if (!fate.dropped) faults.delivered(struck, phaseOf(call));
    const delayUs = fate.dropped ? 0 : fate.delayUs;
    this.#after(delayUs, () => answers.input({ kind: 'reply', call, outcome }));
    if (!fate.dropped && fate.copyAfterUs >= 0) {
      this.#after(delayUs + fate.copyAfterUs, () => answers.input({ kind: 'reply', call, outcome }));
    }
  }

  #after(virtualUs: number, act: () => void): void {
    if (virtualUs <= 0) act();
    else setTimeout(act, this.#parts.faults.ms(virtualUs));
  }
}

export function phaseOf({ direction }: Call): 'running' | 'compensating' {
  return direction === 'forward' ? 'running' : 'compensating';
}

/** A copy knows nothing of how long its sender waits: a request that is late is on its way all the same. */
function copyOf(call: Call): Call {
  const { kind, saga, step, direction, round, attempt, key, service, action, payload, payloadHash } = call;
  return { kind, saga, step, direction, round, attempt, key, service, action, payload, payloadHash };
}
