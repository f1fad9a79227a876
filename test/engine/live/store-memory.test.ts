// The store in memory against the acceptance suites of its ports.

import { MemoryStore } from '../../../engine/live/index.ts';
import { catalogueContract } from '../../contracts/catalogue.ts';
import { storeContract } from '../../contracts/store.ts';

storeContract('the store in memory', () => {
  const store = new MemoryStore();
  return {
    store,
    partition: 'p',
    otherPartition: 'q',
    sagas: ['s-0', 's-1'],
    settle: async () => undefined,
    remove: (saga) => store.remove(saga),
  };
});

catalogueContract('the store in memory', async () => new MemoryStore());
