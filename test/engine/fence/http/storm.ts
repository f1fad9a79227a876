// Calls of some sagas in any order, any number of times, at a service in any mood; and what the fence of the simulator makes
// of the same: the model that the tables are compared with.

import fc from 'fast-check';
import type { Call, Outcome } from '../../../../engine/core/protocol.ts';
import { Fence } from '../../../../engine/fence/index.ts';
import { outcomeOfAnswer } from '../../../../engine/http/http-outcome.ts';
import { at, callOf } from '../call-of.ts';
import type { Mood, Till } from './till.ts';

export interface Arrival {
  readonly call: Call;
  readonly mood: Mood;
}

const anyArrival: fc.Arbitrary<Arrival> = fc
  .record({
    direction: fc.constantFrom('forward' as const, 'compensation' as const),
    saga: fc.constantFrom('s-1', 'ß/2 %'),
    step: fc.constantFrom('a', 'b'),
    round: fc.constantFrom(0, 1),
    attempt: fc.integer({ min: 1, max: 3 }),
    amount: fc.constantFrom(1, 1, 1, 2),
    mood: fc.constantFrom<Mood>(200, 200, 201, 202, 402, 404, 409, 422, 429, 500, 503, 'throws'),
  })
  .map(({ direction, saga, step, round, attempt, amount, mood }) => {
    const action = direction === 'forward' ? 'charge' : 'refund';
    return { mood, call: callOf(direction, action, { amount }, { saga, step, round, attempt }) };
  });

export const anyArrivals = fc.array(anyArrival, { maxLength: 40 });

/** What the engine takes each answer for, by kind and class. */
export async function deliverAll<Database>(
  till: Till<Database>,
  arrivals: readonly Arrival[],
): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const { call, mood } of arrivals) {
    till.mood = mood;
    const response = await till.send(call);
    const retryAfter = response.headers.get('retry-after') ?? undefined;
    answers.push(
      word(outcomeOfAnswer({ status: response.status, retryAfter, body: await response.text() }, 0)),
    );
  }
  return answers;
}

/** The same at a {@link Fence} in memory. */
export function modelOf(arrivals: readonly Arrival[]): {
  readonly answers: readonly string[];
  readonly log: readonly string[];
} {
  const log: string[] = [];
  let mood: Mood = 200;
  const act = ({ action, saga, step, round, payload }: Call, undone: string): Outcome => {
    const status = mood === 'throws' ? 500 : mood;
    const body = status >= 300 ? 'no' : JSON.stringify({ for: payload });
    const outcome = outcomeOfAnswer({ status, retryAfter: undefined, body }, 0);
    if (outcome.kind === 'applied') log.push(`${action} ${saga} ${step} ${round}${undone}`);
    return outcome;
  };
  const fence = new Fence({
    apply: (call) => act(call, ''),
    undo: (call, { result }) => act(call, ` of ${JSON.stringify(result)}`),
  });
  const answers = arrivals.map((arrival) => {
    mood = arrival.mood;
    return word(fence.handle(arrival.call, at(1)));
  });
  return { answers, log };
}

function word(outcome: Outcome): string {
  return outcome.kind === 'applied'
    ? `applied ${JSON.stringify(outcome.result)}`
    : `${outcome.kind} ${outcome.failure}`;
}
