// The calls leave at once, and what was decided is written a little later, for throughput (E1 the wrong way round).
// When the process dies in between, the next one knows nothing of them: it goes on forward with a saga whose undo has
// already begun. A saga manager in Python, `ProductionEventStore`: events go into a write buffer first, "batch writes
// for performance".

import { PlainEngine } from './plain-engine.ts';
import type { Job } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { impatient, shopPair } from './shop.ts';

/** How long an event stays in the buffer. */
const FLUSH_US = 1_000_000;

class SendsBeforeDurable extends PlainEngine {
  protected override write(job: Job, nowUs: number): void {
    if (job.storeDueAtUs <= nowUs) return super.write(job, nowUs); // the buffer is flushed
    this.dispatch(job, job.state!, nowUs);
    this.storeDue(job, 'append', nowUs + FLUSH_US);
  }
}

export const bug = plantedBug({
  how: 'Calls leave before what intends them is durable: a process that comes back does not know of them',
  mended: 'No call leaves before the event that intends it is durable (E1)',
  lookFor:
    'Find where a call leaves, and where the intent to make it is written. The write must be finished first: kill the process in between.',
  reading:
    'Mohan et al., _ARIES_, ACM TODS 1992, on writing the log first; Richardson, _Microservices Patterns_, on the transactional outbox',
  caughtBy: ['append-before-send', 'all-or-nothing', 'status-is-true', 'nothing-after-the-end'],
  trigger: [],
  seenIn: 'a saga manager in Python (ProductionEventStore.append_event: a write buffer)',
  ...shopPair({
    name: 'sends-before-durable',
    title: 'Call first, write it down later',
    saga: impatient,
    engine: (options) => new SendsBeforeDurable(options),
  }),
});

export default bug.wrong;
