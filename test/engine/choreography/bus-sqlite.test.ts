// The bus on SQLite, embedded in its process, against its acceptance suite.

import { SqliteStore } from '../../../engine/live/index.ts';
import { busContract } from '../../contracts/bus.ts';
import { file } from '../live/sqlite-files.ts';

busContract('the bus on SQLite', async () => new SqliteStore({ file: file() }));
