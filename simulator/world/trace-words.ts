// The events of a trace in words, for people who replay a run.

import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import { REPAIR_KINDS } from '../../engine/core/repair-act.ts';
import type { SagaStatus } from '../../engine/core/saga.ts';
import { machineName } from '../faults/point.ts';
import type { TraceWords } from '../kernel/trace.ts';
import { TRACE } from './world.ts';

const NAMES = new Map<number, string>(Object.entries(TRACE).map(([name, code]) => [code, name]));
const OUTCOMES = ['applied', 'rejected', 'unknown'];
const APPEND_ANSWERS = ['durable', 'failed', 'unknown', 'conflict', 'fenced'];
const ENDS = ['', 'completed', 'compensated', 'failed', 'compensation_failed', 'resolved'];

/** How a saga ended, as the number that stands in a trace. */
export function endedCode(status: SagaStatus): number {
  return Math.max(0, ENDS.indexOf(status));
}

/** Words for the trace of one run: how sagas are called, which definition each has, and the services, in order. */
export function traceWords(
  sagaId: (index: number) => string,
  definitions: readonly SagaDefinition[],
  services: readonly string[],
): TraceWords {
  const operation = (saga: number, y: number): string => {
    const step = definitions[saga]?.steps[y >> 1]?.name ?? y >> 1;
    return `${sagaId(saga)} ${step} ${(y & 1) === 0 ? 'forward' : 'compensation'}`;
  };
  /** What came of a delivery is said by the events that follow. */
  const outcome = (saga: number, which: number): string =>
    which === 0 && definitions[saga]?.flow !== undefined ? 'handled' : OUTCOMES[which]!;
  return (code, x, y, z) => `${(NAMES.get(code) ?? `event ${code}`).padEnd(16)}  ${detail(code, x, y, z)}`;

  function detail(code: number, x: number, y: number, z: number): string {
    switch (code) {
      case TRACE.send:
      case TRACE.deliver:
      case TRACE.lose:
      case TRACE.refused:
      case TRACE.queued:
        return `${operation(x, y)} #${z >> 1}${(z & 1) === 1 ? ' copy' : ''}`;
      case TRACE.effect:
        return operation(x, y);
      case TRACE.reply:
      case TRACE['client-done']:
        return `${operation(x, y)} attempt ${z >> 2} ${outcome(x, z & 3)}`;
      case TRACE.append:
        return `${sagaId(x)} version ${y} + ${z >> 3} ${APPEND_ANSWERS[z & 7]}`;
      case TRACE['append-lost']:
        return `${sagaId(x)} version ${y}`;
      case TRACE.ended:
        return `${sagaId(x)} ${ENDS[y]} at version ${z}`;
      case TRACE.create:
      case TRACE.wake:
      case TRACE.resume:
      case TRACE.cancel:
      case TRACE.retry:
        return sagaId(x);
      case TRACE.repair:
        return `${sagaId(x)} ${REPAIR_KINDS[y]}`;
      case TRACE.crash:
      case TRACE.pause:
      case TRACE.deploy:
        return `orchestrator ${x} for ${y} µs`;
      case TRACE.restart:
      case TRACE.takeover:
      case TRACE.fenced:
      case TRACE['client-timer']:
        return `orchestrator ${x}`;
      case TRACE['participant-down']:
        return `${services[x]} for ${y} µs`;
      case TRACE['participant-restart']:
      case TRACE['service-timer']:
        return services[x]!;
      case TRACE.clock:
        return `${machineName(x, services)} set by ${y} µs, drift ${z} ppm`;
      default:
        return x === 0 ? '' : String(x);
    }
  }
}
