// Events are written after whatever stands there: the next version is looked up and taken, nobody says which one was
// expected. An append that was thought lost and is tried again stands there twice, and two workers that both think
// the saga theirs both write (E10). An order flow in Java (`getNextVersion(aggregateId)`) and a saga manager in
// Python (`get_next_version(saga_id)`).

import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

export const bug = plantedBug({
  how: 'An append does not say which version it follows: what is written twice, or by two, stands twice',
  mended: 'Every append says which version it follows, and is refused when another stands there (E10)',
  lookFor:
    'Look for a unique constraint on (saga, version), or a conditional write. Two processes that load the same saga must not both be able to append.',
  reading: 'Berenson et al., _A Critique of ANSI SQL Isolation Levels_, SIGMOD 1995, on lost updates',
  caughtBy: ['log-is-state', 'one-writer'],
  trigger: ['append-slow', 'takeover', 'zombie'],
  seenIn:
    'an order flow in Java (EventStore.saveEvent) and a saga manager in Python (ProductionEventStore.append_event)',
  ...shopPair({
    name: 'append-without-version',
    title: 'Events go to the end of the log, wherever that is',
    accepts: () => true,
  }),
});

export default bug.wrong;
