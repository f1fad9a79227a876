// Every fault that the simulator knows, at most 32. Adding one: write its file, add its line at the end.

import { appendFails } from './append-fails.ts';
import { appendSlow } from './append-slow.ts';
import { appendUnknown } from './append-unknown.ts';
import { burst } from './burst.ts';
import { clockDrift } from './clock-drift.ts';
import { clockJump } from './clock-jump.ts';
import { crashInside } from './crash-inside.ts';
import { delayReply } from './delay-reply.ts';
import { delayRequest } from './delay-request.ts';
import { deploy } from './deploy.ts';
import { dropReply } from './drop-reply.ts';
import { dropRequest } from './drop-request.ts';
import { duplicateReply } from './duplicate-reply.ts';
import { duplicateRequest } from './duplicate-request.ts';
import { failAfter } from './fail-after.ts';
import { failBefore } from './fail-before.ts';
import type { Fault } from './fault.ts';
import { hotKey } from './hot-key.ts';
import { lateDuplicate } from './late-duplicate.ts';
import { losesUnsynced } from './loses-unsynced.ts';
import { operatorCancel } from './operator-cancel.ts';
import { operatorRetry } from './operator-retry.ts';
import { orchestratorCrash } from './orchestrator-crash.ts';
import { participantCrashAfter } from './participant-crash-after.ts';
import { participantCrashBefore } from './participant-crash-before.ts';
import { participantRestart } from './participant-restart.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { reorder } from './reorder.ts';
import { slowParticipant } from './slow-participant.ts';
import { staleRead } from './stale-read.ts';
import { takeover } from './takeover.ts';
import { zombie } from './zombie.ts';

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
  partition,
  slowParticipant,
  crashInside,
  participantRestart,
  lateDuplicate,
  takeover,
  zombie,
  clockJump,
  clockDrift,
  staleRead,
  burst,
  hotKey,
  operatorCancel,
  operatorRetry,
  deploy,
];
