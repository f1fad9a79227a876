// One participant of a run for real: a process with the scenario's own participant over HTTP, on a file that outlives it,
// and the faults that strike it.

import { join } from 'node:path';
import type { Call } from '../../engine/core/protocol.ts';
import {
  type ChaosDecider,
  type ServedParticipant,
  serveParticipant,
} from '../../participants-mock/http/index.ts';
import type { HandlerFate, MessageFate } from '../../simulator/faults/fault.ts';
import { phaseOf, pointOf } from './chaos-transport.ts';
import { LiveFaults } from './live-faults.ts';
import { type PreparedLive, prepareLive } from './live-job.ts';
import type { FromParticipant, ToParticipant } from './messages.ts';

let server: ServedParticipant | undefined;
let faults: LiveFaults | undefined;
/** Told so, perhaps while it begins. */
let isHealed = false;

process.on('message', (message: ToParticipant) => {
  void take(message).catch((error: unknown) => {
    say({ kind: 'broken', message: error instanceof Error ? error.message : String(error) });
    process.exit(70);
  });
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined); // ctrl-C is for the director, who tells everybody to stop

async function take(message: ToParticipant): Promise<void> {
  switch (message.kind) {
    case 'begin':
      return begin(message);
    case 'heal':
      isHealed = true;
      return faults?.heal();
    case 'stop':
      await server?.close();
      process.exit(0);
  }
}

async function begin({
  live,
  service,
  file,
  port,
}: Extract<ToParticipant, { kind: 'begin' }>): Promise<void> {
  const run = await prepareLive(live);
  const { scenario, sagas } = run.prepared;
  faults = new LiveFaults(run, join(live.folder, `${service}.faults.ndjson`));
  if (isHealed) faults.heal();
  server = await serveParticipant({
    service,
    create: () => scenario.participants({ sagas })[service]!,
    file,
    port,
    chaos: decider(run, faults),
  });
  say({ kind: 'ready', url: server.url, port: server.port });
}

/** One of several may strike; only what does is counted (S7). */
function decider(run: PreparedLive, faults: LiveFaults): ChaosDecider {
  return (call) => {
    const fate: HandlerFate = {
      failBefore: undefined,
      certain: false,
      failAfter: false,
      crash: 'none',
      downUs: 0,
    };
    const struck = faults.strike('handler', pointOf(run, call, 'handler'), fate);
    const kind =
      fate.crash === 'before'
        ? 'participant-crash-before'
        : fate.failBefore !== undefined
          ? 'fail-before'
          : fate.crash === 'after'
            ? 'participant-crash-after'
            : fate.failAfter
              ? 'fail-after'
              : undefined;
    faults.delivered(
      struck.filter((fault) => fault.kind === kind),
      phaseOf(call),
    );
    switch (kind) {
      case 'participant-crash-before':
        return { crash: 'before' };
      case 'participant-crash-after':
        return { crash: 'after' };
      case 'fail-before':
        return { failBefore: true };
      case 'fail-after':
        return { failAfter: true };
      default:
        return { dropReply: losesReply(run, faults, call) };
    }
  };
}

function losesReply(run: PreparedLive, faults: LiveFaults, call: Call): boolean {
  const fate: MessageFate = { dropped: false, delayUs: 0, copyAfterUs: -1, isLateCopy: false };
  const struck = faults.strike('reply', pointOf(run, call, 'reply'), fate);
  if (fate.dropped) {
    faults.delivered(
      struck.filter(({ kind }) => kind === 'drop-reply'),
      phaseOf(call),
    );
  }
  return fate.dropped;
}

function say(message: FromParticipant): void {
  process.send?.(message);
}
