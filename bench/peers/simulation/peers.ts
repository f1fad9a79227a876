// The simulated peers, in the order of the table; a line each. A module is loaded only when its peer is to run: what
// cannot be loaded on a machine says so and leaves the others alone.

import type { SimulationPeer } from './peer.ts';

/** Ours: the first contender, which all ratios are about. */
export const OURS = 'sagastorm';

export const peers: Readonly<Record<string, () => Promise<SimulationPeer>>> = {
  [OURS]: async () => (await import('./sagastorm.ts')).peer,
  'lean-closure': async () => (await import('./lean-closure.ts')).peer,
  'lean-async': async () => (await import('./lean-async.ts')).peer,
  simjs: async () => (await import('./simjs.ts')).peer,
  'fake-timers-run-all': async () => (await import('./fake-timers.ts')).runAll,
  'fake-timers-next': async () => (await import('./fake-timers.ts')).next,
  'fast-check-wait-idle': async () => (await import('./fast-check.ts')).waitIdle,
  'fast-check-wait-for': async () => (await import('./fast-check.ts')).waitFor,
  'effect-heap-clock': async () => (await import('./effect-heap-clock.ts')).peer,
  'effect-test-clock': async () => (await import('./effect-test-clock.ts')).peer,
  'xstate-heap-clock': async () => (await import('./xstate-heap-clock.ts')).peer,
  'xstate-simulated-clock': async () => (await import('./xstate-simulated-clock.ts')).peer,
};
