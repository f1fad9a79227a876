// Puts the participants of a run on nodes of their own, and a network between them and the orchestrators.

import type { Participant } from '../../engine/core/protocol.ts';
import type { Scenario } from '../scenario.ts';
import { isTimed } from '../timed-participant.ts';
import { Incidents } from './incidents.ts';
import { ParticipantNode } from './participant-node.ts';
import { ServiceTimes } from './request-queue.ts';
import { TaskDesks } from './task-desk.ts';
import { SimTransport } from './transport.ts';
import type { World } from './world.ts';

export interface Network {
  readonly transport: SimTransport;
  readonly incidents: Incidents;
}

export function connect(
  world: World,
  participants: Readonly<Record<string, Participant>>,
  { capacity, incidents }: Pick<Scenario, 'capacity' | 'incidents'>,
): Network {
  const nodes = new Map<string, ParticipantNode>();
  const isSlow = world.injector.canStrike('node') || Object.keys(capacity).length > 0;
  const times = isSlow ? new ServiceTimes(world) : undefined;
  const desks = Object.values(participants).some(isTimed) ? new TaskDesks(world) : undefined;
  for (const [service, participant] of Object.entries(participants)) {
    const parts = { service, participant, capacity: capacity[service], desks };
    nodes.set(service, new ParticipantNode(world, parts, nodes.size, times));
  }
  const transport = new SimTransport(world, nodes);
  for (const node of nodes.values()) node.connect(transport);
  return { transport, incidents: new Incidents(incidents, nodes) };
}
