// The corrected twin of card-client: what nobody answered to, nobody knows.

import { defineScenario } from '../../simulator/index.ts';
import { purchases } from './purchase.ts';

export default defineScenario({
  name: 'card-client-corrected',
  title: 'An HTTP client that says so when it does not know',
  ...purchases('startCorrected', 'clientCorrected'),
});
