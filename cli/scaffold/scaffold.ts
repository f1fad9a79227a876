// The files that `sagastorm init` writes: a saga, the scenario that it is tried in, its test, a configuration and a
// workflow. All of them run as they are, and one line, commented out, breaks the saga.

import type { PackageManager } from './package-manager.ts';
import { workflow } from './workflow.ts';

/** One file: its path from the root of the package, with `/`. */
export interface ScaffoldFile {
  readonly path: string;
  readonly text: string;
}

/** `.ts` where Node takes it for an ES module, else `.mts`. */
export type ModuleExtension = 'ts' | 'mts';

/** Every file, in the order in which they are read best. */
export function scaffold(
  extension: ModuleExtension,
  manager: PackageManager,
  withWorkflow: boolean,
): readonly ScaffoldFile[] {
  return [
    { path: `sagas/checkout.${extension}`, text: SAGA },
    { path: `sagas/checkout.scenario.${extension}`, text: scenario(extension) },
    { path: `sagas/checkout.test.${extension}`, text: test(extension) },
    { path: `sagastorm.config.${extension}`, text: config(extension) },
    ...(withWorkflow ? [{ path: '.github/workflows/sagastorm.yml', text: workflow(manager) }] : []),
  ];
}

/** Of the files that are written; this one has none. */
const DEFAULT = 'export default';

const SAGA = `// What a checkout does, and how each step is undone. This is what your application runs, too.

import { defineSaga } from 'sagastorm';

export const checkout = defineSaga({
  name: 'checkout',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      payload: () => ({ productId: 'lamp', quantity: 1 }),
    },
    charge: {
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      after: ['reserve'],
      payload: () => ({ amount: 49_90 }),
      // To see a failure, take the slashes off the next line: a refund that keeps a fee.
      // compensationPayload: () => ({ amount: 48_40 }),
    },
    ship: {
      service: 'shipping',
      action: 'create',
      compensation: 'cancel',
      after: ['charge'],
      payload: () => ({ to: 'the customer' }),
    },
  },
});
`;

function scenario(extension: ModuleExtension): string {
  return `// The world that the saga is tried in: services with ledgers of their own, and who asks for what. What a service gets
// wrong about repeated, late or lost messages shows here; put models of your own in their place.

import { inventory, payment, shipping } from 'sagastorm/participants';
import { defineScenario } from 'sagastorm/simulator';
import { checkout } from './checkout.${extension}';

${DEFAULT} defineScenario({
  name: 'checkout',
  title: 'Reserve, charge and ship',
  sagas: [checkout],
  participants: ({ sagas }) => ({
    inventory: inventory({ items: { lamp: sagas } }),
    payment: payment(),
    shipping: shipping(),
  }),
  workload: () => ({ saga: checkout, input: {} }),
});
`;
}

function test(extension: ModuleExtension): string {
  return `// The saga in a storm: lost replies, crashes, duplicates. A failure is shrunk, and says how to replay it.

import 'sagastorm/vitest';
import { expect, test } from 'vitest';
import scenario from './checkout.scenario.${extension}';

const TIMEOUT_MS = 60_000;

test('checkout holds its invariants, whatever goes wrong', { timeout: TIMEOUT_MS }, async () => {
  await expect(scenario).toHoldInvariants({ seeds: 200 });
});

test('checkout comes out the same when it is run again', { timeout: TIMEOUT_MS }, async () => {
  await expect(scenario).toReplayIdentically();
});
`;
}

function config(extension: ModuleExtension): string {
  return `// What \`npx sagastorm run\` does where its command line says nothing.

import { defineConfig } from 'sagastorm/simulator';

${DEFAULT} defineConfig({
  scenarios: ['./sagas/checkout.scenario.${extension}'],
  seeds: 1_000,
  profile: 'storm',
});
`;
}
