// What people ask of a file of sagas: the acceptance suite of the port on real files.

import { catalogueContract } from '../../contracts/catalogue.ts';
import { open } from './sqlite-files.ts';

catalogueContract('the store on SQLite', async () => open());
