// W as an XState machine, one actor a saga: a state for the way of each request and of each reply, delays from the shop.

import { type ActorOptions, type AnyActorLogic, assign, createActor, setup } from 'xstate';
import { ATTEMPTS_MAX, type Shop } from './shop.ts';

interface Context {
  readonly shop: Shop;
  readonly saga: number;
  readonly attempt: number;
  readonly isCredited: boolean;
}

const machine = setup({
  types: {
    context: {} as Context,
    input: {} as { readonly shop: Shop; readonly saga: number },
  },
  delays: {
    latency: ({ context }) => context.shop.latencyMs(),
    backoff: ({ context }) => context.shop.backoffMs(context.attempt),
  },
  guards: {
    credited: ({ context }) => context.isCredited,
    attemptsLeft: ({ context }) => context.attempt < ATTEMPTS_MAX,
  },
  actions: {
    reserve: ({ context: { shop, saga } }) => shop.reserve(saga),
    debit: ({ context: { shop, saga } }) => shop.debit(saga),
    credit: assign({ isCredited: ({ context: { shop, saga } }) => shop.credit(saga) }),
    nextAttempt: assign({ attempt: ({ context }) => context.attempt + 1 }),
    undebit: ({ context: { shop, saga } }) => shop.undebit(saga),
    release: ({ context: { shop, saga } }) => shop.release(saga),
    complete: ({ context: { shop } }) => {
      shop.completed++;
    },
    compensate: ({ context: { shop } }) => {
      shop.compensated++;
    },
  },
}).createMachine({
  id: 'workload-w',
  context: ({ input }) => ({ ...input, attempt: 1, isCredited: false }),
  initial: 'reserving',
  states: {
    reserving: { after: { latency: { target: 'reserved', actions: 'reserve' } } },
    reserved: { after: { latency: 'debiting' } },
    debiting: { after: { latency: { target: 'debited', actions: 'debit' } } },
    debited: { after: { latency: 'crediting' } },
    crediting: { after: { latency: { target: 'answered', actions: 'credit' } } },
    answered: {
      after: {
        latency: [
          { guard: 'credited', target: 'completed' },
          { guard: 'attemptsLeft', target: 'waiting' },
          { target: 'undebiting' },
        ],
      },
    },
    waiting: { after: { backoff: { target: 'crediting', actions: 'nextAttempt' } } },
    undebiting: { after: { latency: { target: 'undebited', actions: 'undebit' } } },
    undebited: { after: { latency: 'releasing' } },
    releasing: { after: { latency: { target: 'released', actions: 'release' } } },
    released: { after: { latency: 'compensated' } },
    completed: { type: 'final', entry: 'complete' },
    compensated: { type: 'final', entry: 'compensate' },
  },
});

export type Clock = NonNullable<ActorOptions<AnyActorLogic>['clock']>;

/** Starts an actor for each saga of the shop, all on `clock`. */
export function startSagas(shop: Shop, clock: Clock): void {
  for (let saga = 0; saga < shop.sagas; saga++)
    createActor(machine, { input: { shop, saga }, clock }).start();
}
