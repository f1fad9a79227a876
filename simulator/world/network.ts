// Puts the participants of a run on nodes of their own, and a network between them and the orchestrators.

import type { Participant } from '../../engine/core/protocol.ts';
import type { Scenario } from '../scenario.ts';
import { isTimed } from '../timed-participant.ts';
import { ClientDesks } from './client-desk.ts';
import { Desks } from './desks.ts';
import { Incidents } from './incidents.ts';
import { ParticipantNode } from './participant-node.ts';
import { ServiceTimes } from './request-queue.ts';
import { SimTransport } from './transport.ts';
import type { World } from './world.ts';

export interface Network {
  readonly transport: SimTransport;
  readonly incidents: Incidents;
}

export function connect(
  world: World,
  participants: Readonly<Record<string, Participant>>,
  { capacity, incidents, clients }: Pick<Scenario, 'capacity' | 'incidents' | 'clients'>,
): Network {
  const nodes = new Map<string, ParticipantNode>();
  const isSlow = world.injector.canStrike('node') || Object.keys(capacity).length > 0;
  const times = isSlow ? new ServiceTimes(world) : undefined;
  const isOwn = clients !== undefined || Object.values(participants).some(isTimed);
  const desks = isOwn ? new Desks(world) : undefined;
  for (const [service, participant] of Object.entries(participants)) {
    const parts = { service, participant, capacity: capacity[service], desks };
    nodes.set(service, new ParticipantNode(world, parts, nodes.size, times));
  }
  const transport = new SimTransport(world, nodes);
  for (const node of nodes.values()) node.connect(transport);
  if (clients !== undefined && desks !== undefined) {
    const actionsOf = (service: string) => {
      const participant = participants[service]!;
      return isTimed(participant) ? undefined : participant.actions;
    };
    const request: SimTransport['request'] = (outgoing) => transport.request(outgoing);
    transport.through(new ClientDesks({ world, desks, clients, actionsOf, request }));
  }
  const befalling = new Incidents(incidents, nodes);
  befalling.schedule(world.sim);
  return { transport, incidents: befalling };
}
