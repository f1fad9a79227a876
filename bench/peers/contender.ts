// The process of one contender: loads its peer, and measures it whenever it is told to. Alone in its process, a peer
// meets neither the compiled code nor the garbage of the others; what it breaks is its own.

import { participants } from './durable/participants.ts';
import type { DurablePeer } from './durable/peer.ts';
import { peers as durablePeers } from './durable/peers.ts';
import type { Answer, Measurement, Order, Side } from './orders.ts';
import type { SimulationPeer } from './simulation/peer.ts';
import { peers as simulationPeers } from './simulation/peers.ts';

const [side, id] = process.argv.slice(2) as [Side, string];

function say(answer: Answer): void {
  process.send?.(answer);
}

function failed(error: unknown): void {
  const message = error instanceof Error ? error.message || String(error.cause ?? error.name) : String(error);
  say({ kind: 'failed', reason: message.split('\n')[0]! });
}

const RUNS_MAX = 1_000;

/** No collection is asked for: V8 throws compiled code away with what it was compiled for, and the more of it the more there is. */
async function simulate(
  peer: SimulationPeer,
  { sagas, round, leastMs }: Order & { kind: 'simulate' },
): Promise<Measurement> {
  const begin = performance.now();
  let runs = 0;
  do await peer.run(sagas, round * RUNS_MAX + runs++);
  while (performance.now() - begin < leastMs && runs < RUNS_MAX);
  return { kind: 'measured', perSecond: ((sagas * runs) / (performance.now() - begin)) * 1_000 };
}

async function endure(peer: DurablePeer, order: Order & { kind: 'endure' }): Promise<Measurement> {
  const { sagas, inFlight, place } = order;
  const running = await peer.start(place);
  try {
    participants.forget();
    await running.run(1, 1, 0); // all is up when the clock starts
    globalThis.gc?.();
    const { each, allMs } = await running.run(sagas, inFlight, 1);
    participants.check(sagas + 1);
    const p99Ms = each.sort()[Math.floor(each.length * 0.99)]!;
    const { durability } = running;
    return { kind: 'measured', perSecond: (sagas / allMs) * 1_000, p99Ms, durability };
  } finally {
    await running.stop();
  }
}

async function serve(): Promise<void> {
  if (side === 'simulation') {
    const peer = await simulationPeers[id]!();
    process.on('message', (order: Order & { kind: 'simulate' }) => {
      simulate(peer, order).then(say, failed);
    });
    const { name, version, how } = peer;
    return say({ kind: 'ready', name, version, how, sagas: [peer.sagasMax], usesPostgres: false });
  }
  const peer = await durablePeers[id]!();
  process.on('message', (order: Order & { kind: 'endure' }) => {
    endure(peer, order).then(say, failed);
  });
  const { name, version, how, sagas, usesPostgres } = peer;
  say({ kind: 'ready', name, version, how, sagas, usesPostgres });
}

process.on('unhandledRejection', failed);
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
serve().catch(failed);
