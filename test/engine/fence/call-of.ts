// Makes calls as an engine would: one key per operation (E4), the hash of what is really sent.

import { payloadHash } from '../../../engine/core/payload-hash.ts';
import {
  type Call,
  type Direction,
  idempotencyKey,
  type Participant,
  type ParticipantEnv,
} from '../../../engine/core/protocol.ts';

/** A call of saga `s-1`, step `step`, unless `changes` say otherwise. */
export function callOf(
  direction: Direction,
  action: string,
  payload: unknown,
  changes: Partial<Call> = {},
): Call {
  const { saga = 's-1', step = 'step', round = 0 } = changes;
  return {
    kind: 'call',
    saga,
    step,
    direction,
    round,
    attempt: 1,
    key: idempotencyKey(saga, step, direction, round),
    service: 'service',
    action,
    payload,
    payloadHash: changes.payloadHash ?? payloadHash(payload),
    ...changes,
  };
}

/** A world in which nothing left to chance happens. */
export const at = (nowUs: number): ParticipantEnv => ({
  nowUs,
  chance: () => false,
  commit: () => undefined,
});

/** A participant with short ways to call it. */
export function client(participant: Participant, env: ParticipantEnv = at(1_000_000)) {
  const { ledger } = participant;
  return {
    forward: (action: string, payload: unknown, changes?: Partial<Call>) =>
      participant.handle(callOf('forward', action, payload, changes), env),
    undo: (action: string, payload: unknown, changes?: Partial<Call>) =>
      participant.handle(callOf('compensation', action, payload, changes), env),
    balance: (account: string) => new Map(ledger.balances()).get(account),
    level: (item: string) => [...ledger.stock()].find((level) => level.item === item),
    entries: () => ledger.drain(),
  };
}
