// `sagastorm serve --mock`: services to try sagas with, each on a port of its own on this machine, and with a file of its
// own: what they did outlives them, as the sagas do.

import { join } from 'node:path';
import { serveParticipant } from '../participants-mock/http/index.ts';

export interface MockServices {
  /** Base URLs by name. */
  readonly services: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const MOCKS = { bank: 'bank', inventory: 'inventory', payment: 'payment', shipping: 'shipping' };

/**
 * @param folder where they keep their files
 * @param mocks kinds by name
 * @throws UserError of `serveParticipant`; then none is left running
 */
export async function startMocks(
  folder: string,
  mocks: Readonly<Record<string, string>> = MOCKS,
): Promise<MockServices> {
  const started = await Promise.allSettled(
    Object.entries(mocks).map(async ([name, service]) => ({
      name,
      mock: await serveParticipant({ service, file: join(folder, `${name}.db`) }),
    })),
  );
  const served = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async (): Promise<void> => {
    await Promise.all(served.map(({ mock }) => mock.close()));
  };
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await close(); // whoever listens keeps the process alive
    throw failed.reason;
  }
  return { services: Object.fromEntries(served.map(({ name, mock }) => [name, mock.url])), close };
}
