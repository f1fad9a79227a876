// Restate, as its guide shows: a service whose handler runs each step in `ctx.run`, served by its SDK in this process and
// called over the ingress of a server from npm, which is another process.

import { once } from 'node:events';
import { createServer } from 'node:http2';
import * as restate from '@restatedev/restate-sdk';
import * as clients from '@restatedev/restate-sdk-clients';
import { versionOf } from '../versions.ts';
import { inLanes } from './lanes.ts';
import { inputOf, participants, type SagaInput } from './participants.ts';
import type { DurablePeer } from './peer.ts';
import { freePort, startRestate } from './restate-server.ts';

const transfer = restate.service({
  name: 'transfer',
  handlers: {
    run: async (context: restate.Context, input: SagaInput): Promise<void> => {
      await context.run('reserve', () => participants.call('reserve', input));
      await context.run('debit', () => participants.call('debit', input));
      await context.run('credit', () => participants.call('credit', input));
    },
  },
});

export const peer: DurablePeer = {
  name: 'Restate',
  version: `server ${versionOf('@restatedev/restate-server')}, SDK ${versionOf('@restatedev/restate-sdk')}`,
  how: 'ctx.run for each step; called over the ingress; default settings',
  usesPostgres: false,
  sagas: [300, 4_000, 8_000],
  start: async ({ folder }) => {
    const port = await freePort();
    const endpoint = createServer(restate.createEndpointHandler({ services: [transfer] }));
    endpoint.listen(port, '127.0.0.1');
    await once(endpoint, 'listening');
    const server = await startRestate(folder);
    await server.register(`http://127.0.0.1:${port}`);
    const client = clients.connect({ url: server.ingressUrl }).serviceClient(transfer);
    return {
      durability: server.durability,
      run: (sagas, inFlight, first) =>
        inLanes(sagas, inFlight, first, (number) => client.run(inputOf(number))),
      stop: async () => {
        await server.stop();
        endpoint.close();
      },
    };
  },
};
