// A deploy changes the order of the steps: the card is charged before the goods are reserved. Sagas that began
// under the old version are read by the newest definition of their name, for that is the one that the code has;
// their log says one order, their undo follows the other.

import { defineSaga, type SagaDefinition } from '../../engine/index.ts';
import { PlainEngine } from './plain-engine.ts';
import { plantedBug } from './planted-bug.ts';
import { basketSteps, purchase, shopPair } from './shop.ts';

const { stock, payment, shipment } = basketSteps;

const reordered = defineSaga({
  name: purchase.name,
  version: 2,
  deadlineMs: 300_000,
  steps: {
    stock: { ...stock, after: ['payment'] },
    payment,
    shipment: { ...shipment, after: ['stock'] },
  },
});

class KnowsOnlyTheNewest extends PlainEngine {
  protected override definitionOf(name: string): SagaDefinition {
    const versions = this.options.definitions.filter((known) => known.name === name);
    return versions.reduce((newest, known) => (known.version > newest.version ? known : newest));
  }
}

export const bug = plantedBug({
  how: 'A saga that began before a deploy goes on by the new definition, and is undone in the wrong order',
  mended: 'A saga goes on by the version of the definition that it began with',
  lookFor:
    'Deploy a changed definition while a saga of the old one is open. Each saga needs the version that it began with.',
  caughtBy: ['undo-order'],
  trigger: ['orchestrator-crash', 'deploy', 'takeover'],
  seenIn: 'engines that keep the name of a workflow with its state, but not the version',
  ...shopPair({
    name: 'old-saga-new-steps',
    title: 'After a deploy, old sagas go on by the new order of steps',
    saga: purchase,
    newer: reordered,
    engine: (options) => new KnowsOnlyTheNewest(options),
  }),
});

export default bug.wrong;
