// The payment service takes five requests a second and says when to come back. For half a minute eight checkouts a
// second come.

import { atLoad, PAYMENT, steadily } from './at-load/checkout.ts';

/** Checkouts before the surge, and in it: each comes after half the usual time. */
const BEFORE = 240;
const SURGE = 240;
const HASTE_US = 125_000;

export default atLoad({
  name: 'rate-limited',
  title: 'Payment answers 429 with Retry-After, and for half a minute twice as many checkouts come',
  capacity: { payment: { ...PAYMENT, concurrency: 10, rateLimit: { perSecond: 5, burst: 5 } } },
  seconds: 480,
  arrivalUs: (context) => {
    const hasty = Math.min(Math.max(context.index - BEFORE, 0), SURGE);
    return steadily(context) - hasty * HASTE_US;
  },
});
