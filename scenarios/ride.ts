// A ride: create it, look for a driver, assign one. Looking promises nothing, so two riders may find the same
// driver; only one gets the lease, and the other's ride is cancelled. A lease runs out by itself after 300 s.

import { defineSaga } from '../engine/index.ts';
import { ride } from '../participants-mock/index.ts';
import { defineScenario } from '../simulator/index.ts';

const LEASE_US = 300_000_000;

const request = defineSaga({
  name: 'ride',
  version: 1,
  deadlineMs: 240_000,
  steps: {
    create: { service: 'ride', action: 'create_ride', compensation: 'cancel_ride' },
    search: { service: 'ride', action: 'find_driver', effects: 'none', after: ['create'] },
    assign: {
      service: 'ride',
      action: 'assign_driver',
      compensation: 'release_driver',
      after: ['search'],
      payload: ({ results }) => ({ driver: (results.search as { readonly driver: string }).driver }),
    },
  },
});

export default defineScenario({
  name: 'ride',
  title: 'Create a ride, find a driver, assign one with a lease of 300 s',
  sagas: [request],
  participants: ({ sagas }) => ({
    ride: ride({ drivers: Math.max(10, Math.ceil(sagas * 0.9)), leaseUs: LEASE_US }),
  }),
  workload: ({ index }) => ({ saga: request, input: { passenger: `p-${index}` } }),
});
