// The REST API over HTTP, server and clients in one process, on a store in memory: what the framework, the checks and the
// engine cost together. How long an answer takes under load on a disk is measured by api.bench.ts.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveApi } from '../../engine/api/index.ts';
import { Host, LocalTransport, MemoryStore } from '../../engine/live/index.ts';
import { ACTIONS, APPLIED, transfer } from '../live-transfer.ts';
import type { Suite, Work } from '../suite.ts';

const REQUESTS = 1_000;
const CONNECTIONS = 32;
const UNLIMITED = { requestsPerSecond: 1_000_000, requestsBurst: 1_000_000 };

export const apiSuite: Suite = {
  name: 'api',
  about: `REST requests over HTTP, ${CONNECTIONS} at a time, a store in memory`,
  async open() {
    const store = new MemoryStore();
    const shop = {
      actions: ACTIONS,
      ledger: { drain: () => [], balances: () => [], stock: () => [] },
      handle: () => APPLIED,
    } as const;
    const transport = new LocalTransport({ participants: { shop } });
    const host = new Host({ store, transport, definitions: [transfer] });
    await host.start();
    await host.whenEnded(await host.create(transfer, { amount: 1 }, { id: 'known' }));
    const api = await serveApi({
      engine: host,
      catalogue: store,
      definitions: [transfer],
      limits: UNLIMITED,
    });
    const bare = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
    const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
    const reference: Work = requests('a server of node:http that does nothing', bareUrl);
    const status = requests('GET the status of a saga', `${api.url}/api/sagas/known/status`);
    return {
      measures: [{ ...status, id: 'api/status', unit: 'requests', reference }],
      async close() {
        await api.close();
        await host.stop();
        bare.closeAllConnections();
        await new Promise((resolve) => bare.close(resolve));
      },
    };
  },
};

function requests(title: string, url: string): Work {
  return {
    title,
    count: REQUESTS,
    async run() {
      let left = REQUESTS;
      const lane = async (): Promise<void> => {
        while (left-- > 0) {
          const response = await fetch(url);
          if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
          await response.arrayBuffer();
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, lane));
    },
  };
}
