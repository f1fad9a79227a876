// Ours: W on the full engine, with the event log in the simulated store, every invariant on and the fingerprint on.

import { profiles, simulate } from '../../../simulator/index.ts';
import { scenarioW } from '../../workload-w.ts';
import { OWN_VERSION } from '../versions.ts';
import type { SimulationPeer } from './peer.ts';

export const peer: SimulationPeer = {
  name: 'sagastorm',
  version: OWN_VERSION,
  how: 'simulate(), calm: event log, all invariants, fingerprint',
  sagasMax: 10_000,
  async run(sagas, round) {
    const options = { seed: `w-${round}`, sagas, profile: profiles.calm, keepPlan: false };
    const result = simulate(scenarioW(sagas), options);
    const { verdict, violations } = result;
    const { completed, compensated } = result.sagas;
    if (verdict !== 'held') throw new Error(`${verdict} ${JSON.stringify(violations[0] ?? '')}`);
    if (completed + compensated !== sagas) throw new Error(`${completed} + ${compensated} of ${sagas} sagas`);
  },
};
