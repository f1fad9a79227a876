// Scenarios in vitest (`sagastorm/vitest`): importing it teaches `expect` three matchers.
//
// import 'sagastorm/vitest';
// test('checkout holds', () => expect(checkout).toHoldInvariants({ seeds: 500 }));

import { expect } from 'vitest';
import type { StormOptions } from '../storm-options.ts';
import { type SloOptions, toHoldInvariants, toMeetSlo, toReplayIdentically } from './matchers.ts';

export { type SimulateOptions, simulate } from '../simulate.ts';
export type { StormOptions } from '../storm-options.ts';
export type { SloOptions } from './matchers.ts';

/** What `expect(scenario)` learns. All must be awaited. */
export interface SagastormMatchers {
  /**
   * Runs the scenario under many seeds and fails when one of them breaks an invariant: with that run, made small, and
   * the command that runs it again.
   *
   * @example
   * await expect(checkout).toHoldInvariants({ seeds: 500 });
   */
  toHoldInvariants(options?: StormOptions): Promise<void>;
  /**
   * Runs every seed twice and fails when the two differ in one event: something outlives a run, or is drawn.
   *
   * @example
   * await expect(checkout).toReplayIdentically();
   */
  toReplayIdentically(options?: StormOptions): Promise<void>;
  /**
   * Measures the service levels of the scenario, or those that are given, over many seeds.
   *
   * @example
   * await expect(checkout).toMeetSlo({ profile: 'breeze', slo: { sagaP99Ms: 2_000 } });
   */
  toMeetSlo(options?: SloOptions): Promise<void>;
}

declare module 'vitest' {
  // The type parameters must be named as vitest names them.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends SagastormMatchers {}
}

expect.extend({ toHoldInvariants, toReplayIdentically, toMeetSlo });
