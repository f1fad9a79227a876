// Latencies in virtual time, through tinybench: a benchmark whose clock is the simulator's. Each iteration is a run, what it
// took is the mean latency of its sagas; so the statistics are the same, bit by bit, on every machine and at any load.

import { Bench } from 'tinybench';
import bankTransfer from '../scenarios/bank-transfer.ts';
import orderProcessing from '../scenarios/order-processing.ts';
import { type Profile, profiles, type Scenario, simulate } from '../simulator/index.ts';
import type { VirtualMeasure } from './bench-record.ts';

const RUNS = 50;
const SAGAS = 100;
const PER_MS = 1_000;

/** The virtual latencies of some scenarios and profiles. */
export async function virtualMeasures(): Promise<readonly VirtualMeasure[]> {
  const found: VirtualMeasure[] = [];
  for (const scenario of [bankTransfer, orderProcessing]) {
    for (const profile of [profiles.calm, profiles.storm])
      found.push(await virtualMeasure(scenario, profile));
  }
  return found;
}

async function virtualMeasure(scenario: Scenario, profile: Profile): Promise<VirtualMeasure> {
  let run = 0;
  const bench = new Bench({ iterations: RUNS, time: 0, warmup: false, retainSamples: true, throws: true });
  const title = `${scenario.name}, ${profile.name}: mean latency of a saga, run by run`;
  bench.add(title, async () => {
    const { latencyUs } = simulate(scenario, {
      seed: `virtual/${run++}`,
      sagas: SAGAS,
      profile,
      keepPlan: false,
    });
    const meanUs = latencyUs.saga.reduce((sum, us) => sum + us, 0) / latencyUs.saga.length;
    return { overriddenDuration: meanUs / PER_MS };
  });
  const [task] = await bench.run();
  const { result } = task!;
  if (result.state !== 'completed') throw new Error(`${title} ended ${result.state}`);
  const { mean: meanMs, p50: p50Ms, p99: p99Ms, max: maxMs } = result.latency;
  return { id: `virtual/${scenario.name}-${profile.name}`, title, meanMs, p50Ms, p99Ms, maxMs };
}
