// A payment service of one's own under the storm, unchanged: it charges some customers twice.

import { defineScenario } from '../../simulator/index.ts';
import { purchases } from './purchase.ts';

export default defineScenario({
  name: 'card-payments',
  title: 'A Hono service with SQLite that looks for duplicates outside of its transaction',
  ...purchases('start'),
});
