// The payment service works five times more slowly for a minute: it can bear three checkouts in two seconds, of the eight
// that come.

import { atLoad, QUIET_MS } from './at-load/checkout.ts';

export default atLoad({
  name: 'brown-out',
  title: 'Payment is five times slower for a minute: calls time out although it works',
  incidents: [
    { kind: 'brown-out', service: 'payment', fromMs: QUIET_MS, forMs: 60_000, slowerPermille: 5_000 },
  ],
  seconds: 540,
});
