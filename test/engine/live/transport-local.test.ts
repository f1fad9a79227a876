// Participants in the same process.

import { expect, test } from 'vitest';
import type { OrchestratorInput } from '../../../engine/core/orchestrator.ts';
import type { Call, Ledger, Outcome, Participant, ParticipantEnv } from '../../../engine/core/protocol.ts';
import { LocalTransport } from '../../../engine/live/index.ts';

const CALL: Call = {
  kind: 'call',
  saga: 's',
  step: 'a',
  direction: 'forward',
  round: 0,
  attempt: 1,
  key: 's/a/forward',
  service: 'shop',
  action: 'do',
  payload: { n: 1 },
  payloadHash: 1,
};
const LEDGER: Ledger = { drain: () => [], balances: () => [], stock: () => [] };

function ask(handle: Participant['handle'], call = CALL): Outcome {
  const inputs: OrchestratorInput[] = [];
  const transport = new LocalTransport({
    participants: { shop: { actions: ['do'], ledger: LEDGER, handle } },
    nowUs: () => 7,
  });
  transport.send(call, { input: (input) => inputs.push(input) });
  expect(inputs).toEqual([{ kind: 'reply', call, outcome: expect.anything() }]);
  const [input] = inputs;
  return input!.kind === 'reply' ? input!.outcome : expect.unreachable();
}

test('the outcome of a call is what the participant says', () => {
  const no: Outcome = { kind: 'rejected', failure: 'business', reason: 'no' };
  expect(ask((call, env) => ({ kind: 'applied', result: [call.action, env.nowUs] }))).toEqual({
    kind: 'applied',
    result: ['do', 7],
  });
  expect(ask(() => no)).toBe(no);
});

test('E2: a participant that throws may have done something', () => {
  const outcome = ask(() => {
    throw new Error('in flames');
  });
  expect(outcome).toEqual({
    kind: 'unknown',
    failure: 'dependency_failure',
    reason: 'shop threw: in flames',
  });
});

test('T1: a result is copied as JSON, and what is none is in doubt', () => {
  const shelf = { count: 1, since: new Date(0), none: undefined };
  const outcome = ask(() => ({ kind: 'applied', result: shelf }));
  shelf.count = 2;
  expect(outcome).toEqual({ kind: 'applied', result: { count: 1, since: '1970-01-01T00:00:00.000Z' } });
  expect(ask(() => ({ kind: 'applied', result: 1n })).kind).toBe('unknown');
  expect(ask(() => ({ kind: 'ok' }) as unknown as Outcome).kind).toBe('unknown');
});

test('a service that is not there certainly did nothing', () => {
  expect(ask(() => ({ kind: 'applied' }), { ...CALL, service: 'moon' })).toEqual({
    kind: 'rejected',
    failure: 'dependency_failure',
    reason: 'no service moon',
  });
});

test('chances fall the same way for the same subject, and about as often as they are said to', () => {
  const draw = (subject: string): boolean => {
    let env: ParticipantEnv | undefined;
    ask((_call, given) => {
      env = given;
      return { kind: 'applied' };
    });
    return env!.chance('fails', subject, 300);
  };
  const subjects = Array.from({ length: 1_000 }, (_, i) => `s-${i}`);
  const drawn = subjects.map(draw);
  expect(subjects.map(draw)).toEqual(drawn);
  const share = drawn.filter(Boolean).length;
  expect(share).toBeGreaterThan(250);
  expect(share).toBeLessThan(350);
});
