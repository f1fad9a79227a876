// The way to the thread of the services: a question is answered before it returns, so that a run stays synchronous (S3).
// One thread serves all runs of this thread, one after the other; it does not keep the process alive.

import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { UserError } from '../../engine/core/user-error.ts';
import type { Answer, Command } from './command.ts';

/** A command may load modules; a service that computes for longer than this is taken to be stuck. */
const ANSWER_MS_MAX = 60_000;

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly cells: Int32Array;
}

let present: Thread | undefined;

/**
 * Asks, and blocks until there is an answer.
 *
 * @throws UserError what went wrong in the service, with its `code`; `service-stuck`
 */
export function ask(command: Command): Exclude<Answer, { readonly kind: 'failed' }> {
  present ??= startThread();
  const { port, cells, worker } = present;
  const answered = Atomics.load(cells, 1);
  port.postMessage(command);
  Atomics.add(cells, 0, 1);
  Atomics.notify(cells, 0);
  // A wake-up may be that of the command before, which was answered before it was sent: hence more than one wait.
  while (Atomics.load(cells, 1) === answered) {
    if (Atomics.wait(cells, 1, answered, ANSWER_MS_MAX) === 'timed-out') break;
  }
  const received = receiveMessageOnPort(port) as { readonly message: Answer } | undefined;
  if (received === undefined) {
    present = undefined;
    void worker.terminate();
    throw new UserError(
      'service-stuck',
      `${command.slot} did not come back within ${ANSWER_MS_MAX / 1_000} seconds`,
      'It computes without end, or it ended its own thread.',
    );
  }
  const answer = received.message;
  if (answer.kind === 'failed') throw new UserError(answer.code, answer.message, answer.hint);
  return answer;
}

function startThread(): Thread {
  const shared = new SharedArrayBuffer(8);
  const { port1, port2 } = new MessageChannel();
  const extension = extname(fileURLToPath(import.meta.url)); // `.js` once it is built
  const worker = new Worker(new URL(`./service-thread${extension}`, import.meta.url), {
    workerData: { port: port2, cells: shared },
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  return { worker, port: port1, cells: new Int32Array(shared) };
}
