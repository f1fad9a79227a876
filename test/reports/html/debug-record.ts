// A small record of a failing run, written by hand: one saga, a lost answer, an effect that stands, a second worker.

import type { DebugEvent, DebugRecord } from '../../../simulator/debug-record.ts';

function event(
  index: number,
  lane: number,
  rest: Partial<DebugEvent> & Pick<DebugEvent, 'kind'>,
): DebugEvent {
  return {
    index,
    atUs: index * 1_000,
    lane,
    saga: 's-1',
    words: `words of ${index}`,
    brief: `brief of ${index}`,
    ...rest,
  };
}

const OF_STOCK = { step: 'stock', direction: 'forward', action: 'reserve' } as const;

/** Each call makes its own. */
export function smallRecord(change: Partial<DebugRecord> = {}): DebugRecord {
  return {
    schema: 'sagastorm/debug@1',
    scenario: 'shop',
    title: 'A shop',
    version: '0.1.0',
    seed: 'a/1',
    profile: 'storm',
    policy: 'default',
    fingerprint: 'f'.repeat(32),
    reproduced: 'exact',
    sentence: 'One saga and one fault break all-or-nothing.',
    replay: "npx sagastorm replay 'a b.json'",
    test: "test('shop', () => {});\n",
    sagas: [{ id: 's-1', definition: 'purchase', steps: [{ name: 'stock', service: 'inventory' }] }],
    lanes: [
      { name: 'clients', kind: 'people' },
      { name: 'orchestrator-0', kind: 'orchestrator', epochs: [1] },
      { name: 'inventory', kind: 'participant' },
      { name: 'world', kind: 'world' },
    ],
    opening: {
      balances: [{ service: 'bank', account: 'alice', balance: -1_234_567 }],
      stock: [{ service: 'inventory', item: 'lamp', onHand: 9, reserved: 0, sold: 0 }],
    },
    events: [
      event(0, 0, { kind: 'create' }),
      event(1, 1, {
        kind: 'append',
        outcome: 'durable',
        changes: [
          { kind: 'saga', saga: 's-1', status: 'running', version: 2 },
          { kind: 'step', saga: 's-1', step: 'stock', status: 'running', attempt: 1 },
        ],
      }),
      event(2, 1, { kind: 'send', ...OF_STOCK, sent: 1 }),
      event(3, 2, { kind: 'deliver', ...OF_STOCK, sent: 1 }),
      event(4, 2, {
        kind: 'effect',
        ...OF_STOCK,
        changes: [
          { kind: 'effect', saga: 's-1', step: 'stock', direction: 'forward' },
          {
            kind: 'stock',
            service: 'inventory',
            from: { item: 'lamp', onHand: 9, reserved: 0, sold: 0 },
            to: { item: 'lamp', onHand: 8, reserved: 1, sold: 0 },
          },
        ],
      }),
      event(5, 2, { kind: 'lose', ...OF_STOCK, sent: 1, outcome: 'reply' }),
      event(6, 3, { kind: 'heal' }),
      event(7, 1, {
        kind: 'ended',
        outcome: 'failed',
        changes: [
          { kind: 'saga', saga: 's-1', status: 'failed', version: 4 },
          { kind: 'step', saga: 's-1', step: 'stock', status: 'unknown', attempt: 1 },
        ],
      }),
    ],
    messages: [
      { kind: 'ask', from: 0, to: 1, toLane: 1 },
      { kind: 'request', from: 2, to: 3, toLane: 2 },
      { kind: 'reply', from: 3, lost: 5, toLane: 1 },
    ],
    spans: [{ kind: 'down', lane: 2, from: 5, untilUs: 1_000_000 }],
    faults: [
      {
        kind: 'drop-reply',
        at: 's-1/stock/forward#1:reply',
        params: {},
        words: 'the answer is lost',
        event: 5,
        isNecessary: true,
      },
    ],
    invariants: [
      { id: 'all-or-nothing', statement: 'All or nothing', state: 'violated' },
      { id: 'isolation', statement: 'Apart', state: 'not-exercised' },
    ],
    violations: [
      {
        invariant: 'all-or-nothing',
        statement: 'All or nothing',
        message: 'half',
        saga: 's-1',
        event: 7,
        atUs: 7_000,
      },
    ],
    past: [0, 1, 2, 3, 4, 5, 7],
    eventsTotal: 8,
    pastLeftOut: 0,
    ...change,
  };
}
