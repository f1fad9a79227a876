// A compensation is sent and counted as done: fire and forget, for "it is idempotent, and the queue will deliver
// it". When the message is lost, or the service says no, nobody is left to ask again.

import type { Call } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import type { Job } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class UndoneWhenSent extends PlainEngine {
  protected override sent(job: Job, call: Call, nowUs: number): void {
    if (call.direction === 'forward') return;
    this.deliver(job, { kind: 'reply', call, outcome: { kind: 'applied' } }, nowUs);
  }
}

export const bug = plantedBug({
  how: 'A compensation counts as done when it is sent: one that is lost is never sent again',
  mended: 'A step is compensated when its compensation was answered (E3)',
  lookFor:
    'Look for a status that changes when a message is published. Drop the message, and see whether anybody notices.',
  reading: 'Saltzer, Reed and Clark, _End-to-End Arguments in System Design_, ACM TOCS 1984',
  caughtBy: ['status-is-true', 'all-or-nothing', 'nothing-after-the-end'],
  trigger: [],
  seenIn: 'compensations that are published to a queue and forgotten',
  ...shopPair({
    name: 'undone-when-sent',
    title: 'A refund is done when it was sent',
    engine: (options) => new UndoneWhenSent(options),
  }),
});

export default bug.wrong;
