// The store answers with an error, so the append is tried again: the connection broke after the commit, and now the
// same events stand in the log twice (E10). A retry around `INSERT INTO events`.

import { PlainEngine } from './plain-engine.ts';
import type { Job } from './plain-job.ts';
import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

class RetriesAppendsBlindly extends PlainEngine {
  protected override answered(job: Job, kind: Parameters<PlainEngine['answered']>[1], nowUs: number): void {
    super.answered(job, kind === 'append-unknown' ? 'append-failed' : kind, nowUs);
  }
}

export const bug = plantedBug({
  how: 'An append whose answer was lost is made again without a look at the log, and stands there twice',
  mended: 'An append whose outcome is unknown is settled by reading the log back (E10)',
  lookFor:
    'Look at retries around `INSERT INTO events`. Without a unique key on (saga, version) a lost acknowledgement makes a second row.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['log-is-state'],
  trigger: ['append-unknown'],
  seenIn: 'retries around INSERT INTO events',
  ...shopPair({
    name: 'append-retried-blindly',
    title: 'An append in doubt is made again',
    engine: (options) => new RetriesAppendsBlindly(options),
    accepts: ({ epoch }, stored) => epoch >= stored.epoch,
  }),
});

export default bug.wrong;
