// The bus on SQLite, embedded in its process, against its acceptance suite.

import { busContract } from '../../contracts/bus.ts';
import { liveBus } from '../../contracts/bus-live.ts';
import { open } from '../live/sqlite-files.ts';

busContract(
  'the bus on SQLite',
  liveBus(async () => open()),
);
