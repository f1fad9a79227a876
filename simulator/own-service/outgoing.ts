// What a service asks of others with the global `fetch`: answered by the stand-in that its `start` returned, and by nobody
// else. The client's own code runs unchanged, retries and timeouts included; its time is virtual.

import { realWorld } from './fault-slot.ts';
import { owners } from './virtual-time.ts';

/** The `fetch` of this thread. */
export async function outgoingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { signal } = request;
  signal.throwIfAborted();
  const standIn = owners.getStore()?.life.outgoing;
  const answer = await Promise.race([aborted(signal), standIn?.(request)]);
  if (answer !== undefined) return answer;
  throw realWorld(`fetch(${request.url})`);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
