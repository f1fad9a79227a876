// The store in memory against the acceptance suite of its port.

import { MemoryStore } from '../../../engine/live/index.ts';
import { storeContract } from '../../contracts/store.ts';

storeContract('the store in memory', () => ({
  store: new MemoryStore(),
  partition: 'p',
  otherPartition: 'q',
  sagas: ['s-0', 's-1'],
  settle: async () => undefined,
}));
