// `sagastorm serve --mock`: services to try sagas with, each on a port of its own on this machine, and with a file of its
// own: what they did outlives them, as the sagas do.

import { join } from 'node:path';
import { serveParticipant } from '../participants-mock/http/index.ts';

export interface MockServices {
  /** Base URLs by name. */
  readonly services: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const MOCKS = ['bank', 'inventory', 'payment', 'shipping'];

/**
 * @param folder where they keep their files
 * @throws UserError of `serveParticipant`
 */
export async function startMocks(folder: string): Promise<MockServices> {
  const served = await Promise.all(
    MOCKS.map((service) => serveParticipant({ service, file: join(folder, `${service}.db`) })),
  );
  return {
    services: Object.fromEntries(served.map(({ service, url }) => [service, url])),
    close: async () => {
      await Promise.all(served.map((one) => one.close()));
    },
  };
}
