// 202 Accepted, and the saga waits for a thread of the pool that is to start it. When the process goes down before
// it has written anything, the client has its answer and nobody has its order. An order flow in Java, `OrderController`:
// `CompletableFuture.runAsync(() -> sagaOrchestrator.executeOrderSaga(order))`, then `ResponseEntity.accepted()`.

import type { Command } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

/** How long a saga waits for its thread. */
const QUEUE_US = 100_000;

class AcceptsBeforeDurable extends PlainEngine {
  protected override create(
    { request, ...command }: Extract<Command, { kind: 'create' }>,
    nowUs: number,
  ): void {
    if (request === undefined) return super.create(command, nowUs); // its thread is there
    this.answer(command.saga, request, 'accepted');
    if (this.jobs.has(command.saga)) return;
    const job = this.open(command.saga, undefined);
    job.inbox.push(command);
    this.storeDue(job, 'load', nowUs + QUEUE_US);
  }
}

export const bug = plantedBug({
  how: 'A saga is accepted before it is written: when the process dies, nobody has it and nobody asks again',
  mended: 'A saga is acknowledged when its first event is durable (E1)',
  lookFor:
    'Find where the 202 or the id is sent, and where the first row is written. If the row comes second, or in another thread, kill the process in between.',
  reading: 'Mohan et al., _ARIES_, ACM TODS 1992, on writing the log first',
  caughtBy: ['every-saga-ends'],
  trigger: ['orchestrator-crash'],
  seenIn: 'an order flow in Java (OrderController.createOrder: runAsync, then 202)',
  ...shopPair({
    name: 'accepted-before-durable',
    title: '202 Accepted, and the saga starts in the background',
    engine: (options) => new AcceptsBeforeDurable(options),
  }),
});

export default bug.wrong;
