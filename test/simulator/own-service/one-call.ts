// One call through one service, without a world around it: time is moved on from timer to timer.

import type { Call, Outcome } from '../../../engine/index.ts';
import { ownService } from '../../../simulator/index.ts';
import { at } from '../../engine/fence/call-of.ts';

export const SERVICES = new URL('./fixtures/services.ts', import.meta.url);

/** The service that the fixtures export under this name. */
export function fixture(name: string, module = SERVICES): ReturnType<typeof ownService> {
  const options = { actions: ['light', 'dim'], export: name, baseUrl: 'http://lamps.internal/lamps' };
  return ownService(module, options);
}

export function callOf(saga: string, payload: unknown = { watts: 5 }): Call {
  return {
    kind: 'call',
    saga,
    step: 'lamp',
    direction: 'forward',
    round: 0,
    attempt: 1,
    key: `${saga}/lamp/forward`,
    service: 'lamps',
    action: 'light',
    payload,
    payloadHash: 1,
  };
}

interface CallOptions {
  readonly seed?: string;
  readonly atUs?: number;
  readonly call?: Call;
  readonly module?: URL;
}

/** The outcome, and when it came. */
export function outcomeOf(
  name: string,
  { seed = 'seed', atUs = 0, call = callOf('s-0'), module = SERVICES }: CallOptions = {},
): { readonly outcome: Outcome; readonly atUs: number } {
  const service = fixture(name, module);
  service.open({ seed, service: 'lamps' });
  const task = { task: 1, call, transmission: 2, timeoutMs: 10_000 };
  let nowUs = atUs;
  let turn = service.begin(task, { nowUs, clockUs: nowUs }, at(nowUs));
  while (turn.answers.length === 0) {
    nowUs = turn.nextAtUs;
    turn = service.advance({ nowUs, clockUs: nowUs });
  }
  return { outcome: turn.answers[0]!.outcome, atUs: nowUs };
}

/** What the service answered with. */
export function resultOf<Result>(name: string, options: CallOptions = {}): Result {
  const { outcome } = outcomeOf(name, options);
  if (outcome.kind !== 'applied') throw new Error(`not applied: ${outcome.reason}`);
  return outcome.result as Result;
}
