// Every fault that the simulator knows. Adding one: write its file, add its line here.

import { appendFails } from './append-fails.ts';
import { appendSlow } from './append-slow.ts';
import { appendUnknown } from './append-unknown.ts';
import { delayReply } from './delay-reply.ts';
import { delayRequest } from './delay-request.ts';
import { dropReply } from './drop-reply.ts';
import { dropRequest } from './drop-request.ts';
import { duplicateReply } from './duplicate-reply.ts';
import { duplicateRequest } from './duplicate-request.ts';
import { failAfter } from './fail-after.ts';
import { failBefore } from './fail-before.ts';
import type { Fault } from './fault.ts';
import { losesUnsynced } from './loses-unsynced.ts';
import { orchestratorCrash } from './orchestrator-crash.ts';
import { participantCrashAfter } from './participant-crash-after.ts';
import { participantCrashBefore } from './participant-crash-before.ts';
import { pause } from './pause.ts';
import { reorder } from './reorder.ts';

/** The catalogue, in the order in which faults are applied at a point. */
export const FAULTS: readonly Fault[] = [
  dropRequest,
  duplicateRequest,
  delayRequest,
  reorder,
  dropReply,
  duplicateReply,
  delayReply,
  failBefore,
  failAfter,
  participantCrashBefore,
  participantCrashAfter,
  appendFails,
  appendUnknown,
  appendSlow,
  losesUnsynced,
  orchestratorCrash,
  pause,
];
