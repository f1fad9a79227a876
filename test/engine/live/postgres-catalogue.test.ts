// What people ask of a database of sagas: the acceptance suite of the port on a real server, and what only a server can
// go through.

import { catalogueContract } from '../../contracts/catalogue.ts';
import { connect } from './postgres-server.ts';

catalogueContract('the store on PostgreSQL', () => connect());
