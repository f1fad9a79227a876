// The shop's own HTTP client under the storm, unchanged: it takes a charge that nobody answered to for one that was declined.

import { defineScenario } from '../../simulator/index.ts';
import { purchases } from './purchase.ts';

export default defineScenario({
  name: 'card-client',
  title: 'An HTTP client that takes silence for a no',
  ...purchases('startCorrected', 'client'),
});
