// The payment service takes two requests a second of the four that come, for half a minute, and says when to come back.

import { atLoad, QUIET_MS } from './at-load/checkout.ts';

export default atLoad({
  name: 'rate-limited',
  title: 'Payment answers 429 with Retry-After for half a minute, to half of what comes',
  incidents: [{ kind: 'throttling', service: 'payment', fromMs: QUIET_MS, forMs: 30_000, perSecond: 2 }],
  seconds: 480,
});
