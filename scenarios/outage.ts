// The payment service refuses connections for half a minute, while checkouts keep coming.

import { atLoad, QUIET_MS } from './at-load/checkout.ts';

export default atLoad({
  name: 'outage',
  title: 'Payment is down for 30 s at load: who waits it out, and how soon is all well again',
  incidents: [{ kind: 'outage', service: 'payment', fromMs: QUIET_MS, forMs: 30_000 }],
  seconds: 480,
});
