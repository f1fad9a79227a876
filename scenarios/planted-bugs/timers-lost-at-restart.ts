// Retries are timers in memory. After a crash the engine sends what was on the wire again, as it should, but a step
// that was waiting for its next attempt waits for a timer that died with the process.

import type { StoredEvent } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { type Job, NEVER } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class LosesTimers extends PlainEngine {
  readonly #recovered = new Set<string>();

  protected override recover(log: readonly StoredEvent[], nowUs: number): void {
    this.#recovered.add(log[0]!.saga);
    super.recover(log, nowUs);
  }

  /** Of what was recovered, only what has been sent has a timer. */
  protected override nextDueUs(job: Job): number {
    const dueAtUs = super.nextDueUs(job);
    const state = job.append === undefined && job.load === 0 ? job.state : undefined;
    if (state === undefined || !this.#recovered.has(job.saga)) return dueAtUs;
    return Math.min(NEVER, ...this.outstanding(state).map((call) => this.waitsUntilUs(job, state, call)));
  }
}

export const bug = plantedBug({
  how: 'A step that waits for its next attempt when the process dies waits for ever',
  mended: 'When the next attempt is due follows from the log, and is set again after a restart (E9)',
  lookFor:
    'Look for `setTimeout` or an in-memory scheduler between attempts. Restart the process while a step waits.',
  caughtBy: ['every-saga-ends'],
  trigger: ['orchestrator-crash', 'fail-before', 'drop-reply'],
  seenIn:
    'retries by setTimeout, time.Sleep (a saga engine in Go) or asyncio.sleep (a saga manager in Python)',
  ...shopPair({
    name: 'timers-lost-at-restart',
    title: 'Retries wait for timers that die with the process',
    engine: (options) => new LosesTimers(options),
  }),
});

export default bug.wrong;
