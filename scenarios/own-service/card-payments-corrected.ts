// The corrected twin of card-payments: it looks for duplicates in the transaction that charges.

import { defineScenario } from '../../simulator/index.ts';
import { purchases } from './purchase.ts';

export default defineScenario({
  name: 'card-payments-corrected',
  title: 'A Hono service with SQLite that looks for duplicates inside of its transaction',
  ...purchases('startCorrected'),
});
