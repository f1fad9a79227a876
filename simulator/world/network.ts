// Puts the participants of a run on nodes of their own, and a network between them and the orchestrators.

import type { Participant } from '../../engine/core/protocol.ts';
import { ParticipantNode } from './participant-node.ts';
import { ServiceTimes } from './request-queue.ts';
import { SimTransport } from './transport.ts';
import type { World } from './world.ts';

export function connect(world: World, participants: Readonly<Record<string, Participant>>): SimTransport {
  const nodes = new Map<string, ParticipantNode>();
  const times = world.injector.canStrike('node') ? new ServiceTimes(world) : undefined;
  for (const [service, participant] of Object.entries(participants)) {
    nodes.set(service, new ParticipantNode(world, service, participant, nodes.size, times));
  }
  const transport = new SimTransport(world, nodes);
  for (const node of nodes.values()) node.connect(transport);
  return transport;
}
