// The bus on a real PostgreSQL, which is the broker that most teams have already, against its acceptance suite.

import { busContract } from '../../contracts/bus.ts';
import { liveBus } from '../../contracts/bus-live.ts';
import { connect } from '../live/postgres-server.ts';

busContract(
  'the bus on PostgreSQL',
  liveBus(() => connect()),
);
