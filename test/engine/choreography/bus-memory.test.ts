// The bus in memory against its acceptance suite.

import { beforeEach } from 'vitest';
import { MemoryStore } from '../../../engine/live/index.ts';
import { busContract } from '../../contracts/bus.ts';
import { liveBus } from '../../contracts/bus-live.ts';

let store = new MemoryStore();
beforeEach(() => {
  store = new MemoryStore();
});

busContract(
  'the bus in memory',
  liveBus(async () => store),
);
