// What a service asks of others: answered by the stand-in that its `start` returned, and by nobody else. Its client code
// runs unchanged, retries and timeouts included; its time is virtual. The global `fetch` ends here, and so does node:http
// (http-wire.ts), on which axios and got stand.

import { realWorld } from './fault-slot.ts';
import { owners } from './virtual-time.ts';

/** Why there is no answer, with the code that Node has for it. */
export class NetworkError extends Error {
  override name = 'NetworkError';
  readonly code: string;

  constructor(code: 'ECONNREFUSED' | 'ECONNRESET', url: string) {
    super(`${code === 'ECONNREFUSED' ? 'connect ECONNREFUSED' : 'read ECONNRESET'} ${new URL(url).host}`);
    this.code = code;
  }
}

/**
 * @param call how the code asked, for whoever reads that nobody answers
 * @throws NetworkError, or what the request was aborted with
 */
export async function outgoing(request: Request, call: string): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const standIn = owners.getStore()?.life.outgoing;
  const answer = await Promise.race([aborted(signal), standIn?.(request)]);
  if (answer === undefined) throw realWorld(call);
  if (answer.type === 'error') throw new NetworkError('ECONNRESET', request.url);
  return answer;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** The `fetch` of this thread. */
export async function outgoingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  try {
    return await outgoing(request, `fetch(${request.url})`);
  } catch (error) {
    throw error instanceof NetworkError ? new TypeError('fetch failed', { cause: error }) : error;
  }
}
