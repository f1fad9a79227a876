// The lean baseline: W as nested callbacks over a 4-ary heap in typed arrays, as one writes it by hand for speed alone.

import { runLean } from '../../lean-closure.ts';
import { workloadW } from '../../workload-w.ts';
import { OWN_VERSION } from '../versions.ts';
import type { SimulationPeer } from './peer.ts';

export const peer: SimulationPeer = {
  name: 'lean closure kernel',
  version: OWN_VERSION,
  how: 'nested callbacks over a typed heap, by hand',
  sagasMax: 10_000,
  async run(sagas) {
    runLean(workloadW, sagas); // it checks itself
  },
};
