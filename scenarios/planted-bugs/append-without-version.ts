// Events are written after whatever stands there: the next version is looked up and taken, nobody says which one
// was expected. An append that was thought lost and is tried again stands there twice, and two workers that both
// think the saga theirs both write (E10). Documents 003 (`getNextVersion(aggregateId)`) and 004
// (`get_next_version(saga_id)`).

import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

export const bug = plantedBug({
  how: 'An append does not say which version it follows: what is written twice, or by two, stands twice',
  caughtBy: ['log-is-state', 'one-writer'],
  trigger: ['append-slow', 'takeover', 'zombie'],
  seenIn: 'documents 003 (EventStore.saveEvent) and 004 (ProductionEventStore.append_event)',
  ...shopPair({
    name: 'append-without-version',
    title: 'Events go to the end of the log, wherever that is',
    accepts: () => true,
  }),
});

export default bug.wrong;
