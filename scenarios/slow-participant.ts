// One look into the catalogue in twenty takes seconds, as it does where a garbage collector or a cold cache is in the
// way. A second copy of a late look ends the wait; a call with an effect has no copy.

import { atLoad } from './at-load/checkout.ts';

export default atLoad({
  name: 'slow-participant',
  title: 'One look into the catalogue in twenty takes seconds: what hedged reads are worth',
  capacity: {
    catalogue: {
      concurrency: 200,
      serviceTime: { p50Us: 2_000, p90Us: 5_000, p99Us: 2_500_000, maxUs: 8_000_000 },
    },
  },
  seconds: 300,
});
