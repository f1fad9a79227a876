// A short outage that retries can keep alive for ever (Bronson et al., "Metastable Failures in Distributed Systems",
// HotOS 2021; Huang et al., OSDI 2022). Payment does not answer for twenty seconds and comes back cold. Whoever repeats
// calls that are still waiting in its queue makes it work for nobody: with `naive` the load never falls back.

import { atLoad, QUIET_MS } from './at-load/checkout.ts';

export default atLoad({
  name: 'retry-storm',
  title:
    'A short outage at load: with naive retries it never ends, with a budget, jitter and a breaker it does',
  incidents: [
    {
      kind: 'slow-restart',
      service: 'payment',
      fromMs: QUIET_MS,
      forMs: 20_000,
      isSilent: true,
      slowerPermille: 3_000,
      warmUpMs: 10_000,
    },
  ],
  seconds: 720,
});
