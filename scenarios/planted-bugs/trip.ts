// A trip, for the planted bugs of booking services: a flight and a hotel, asked for at the same time. 30 % of the
// hotels are full, and then the flight is cancelled while its booking may still be on its way.

import { defineSaga, type Participant } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { Clerk } from './clerk.ts';
import { SAGAS } from './planted-bug.ts';

const trip = defineSaga({
  name: 'trip',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    flight: { service: 'airline', action: 'create', compensation: 'cancel' },
    hotel: { service: 'hotel', action: 'create', compensation: 'cancel' },
  },
});

export const flights = (): Registry => new Registry({ noun: 'flight' });

/** Trips with an airline. */
export function trips(name: string, title: string, airline: () => Participant): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [trip],
    sagasPerRun: SAGAS,
    participants: () => ({
      airline: airline(),
      hotel: new Clerk(new Registry({ noun: 'room', createFails: { permille: 300 } })),
    }),
    workload: ({ index }) => ({ saga: trip, input: { traveller: `t-${index}` } }),
  });
}
