// What a participant is after a restart, and what becomes of it when its file does not do as it should.

import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadHash } from '../../../engine/core/payload-hash.ts';
import type { Call, Participant } from '../../../engine/core/protocol.ts';
import {
  DurableParticipant,
  type DurableParticipantParts,
  KNOWN_SERVICES,
  knownService,
  type PlainRequest,
  readParticipantFile,
} from '../../../participants-mock/http/index.ts';
import { bank, LedgerBook } from '../../../participants-mock/index.ts';
import { callOf } from '../../engine/fence/call-of.ts';
import { balancesOf, closing, fileOf, STEADY_BANK } from './served.ts';

const debit = callOf('forward', 'debit', { account: 'a-0', amount: 5 });

function open(service = 'bank', parts: Partial<DurableParticipantParts> = {}): DurableParticipant {
  const { create, optionsFrom } = knownService(service);
  const options = optionsFrom(service === 'bank' ? STEADY_BANK : undefined);
  const all = { file: fileOf(service), service, options, create: () => create(options), ...parts };
  return closing(new DurableParticipant(all));
}

/** Another program that looks into the file, or changes it. */
function beside<Result>(act: (db: DatabaseSync) => Result, service = 'bank'): Result {
  const db = new DatabaseSync(fileOf(service));
  try {
    return act(db);
  } finally {
    db.close();
  }
}

/** All that can be seen of a participant without asking it. */
function stateOf({ participant }: { readonly participant: Participant }): unknown {
  return [balancesOf(participant), [...participant.ledger.stock()]];
}

const payload = fc.record(
  {
    account: fc.constantFrom('a-0', 'a-1', 'a-9'),
    amount: fc.integer({ min: 0, max: 700 }),
    productId: fc.constantFrom('prod_123', 'nothing'),
    quantity: fc.integer({ min: 0, max: 700 }),
    driver: fc.constantFrom('d-0', 'd-1'),
  },
  { requiredKeys: [] },
);
const arrival = fc.record({
  isPlain: fc.boolean(),
  name: fc.constantFrom('s-1', 's-2', 's-3'),
  step: fc.constantFrom('a', 'b'),
  direction: fc.constantFrom('forward', 'forward', 'compensation'),
  attempt: fc.integer({ min: 1, max: 4 }),
  action: fc.nat(),
  payload,
  isLast: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
});
type Arrival = typeof arrival extends fc.Arbitrary<infer A> ? A : never;

function requestOf({ participant, dialect }: DurableParticipant, sent: Arrival): Call | PlainRequest {
  const action = participant.actions[sent.action % participant.actions.length]!;
  const { direction, step, attempt, name } = sent;
  if (!sent.isPlain) return callOf(direction, action, sent.payload, { saga: name, step, attempt });
  const read = dialect.payloadOf?.(action, sent.payload) ?? sent.payload;
  return { kind: 'plain', transaction: name, action, payload: read, payloadHash: payloadHash(read) };
}

function ask(durable: DurableParticipant, request: Call | PlainRequest): Promise<unknown> {
  return request.kind === 'plain' ? durable.handlePlain(request) : durable.handle(request);
}

describe.each(KNOWN_SERVICES)('%s', (service) => {
  test('after a restart it is what it was, and answers what it would have answered', async () => {
    const options = knownService(service).optionsFrom(
      service === 'bank' ? { accounts: 2, openingBalance: 1_000 } : undefined,
    );
    let files = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { maxLength: 40 }), async (arrivals) => {
        const create = () => knownService(service).create(options);
        const parts = { service, options, create, file: fileOf(`${service}-${files++}`) };
        let durable = new DurableParticipant(parts);
        for (const sent of arrivals) {
          const request = requestOf(durable, sent);
          const answer = await ask(durable, request);
          const before = stateOf(durable);
          if (!sent.isLast) continue;
          durable.close();
          expect(stateOf(readParticipantFile(parts.file))).toEqual(before);
          durable = new DurableParticipant(parts);
          expect(stateOf(durable)).toEqual(before);
          const isSettled = request.kind === 'call' && (answer as { kind: string }).kind === 'applied';
          if (isSettled) expect(await ask(durable, request)).toEqual(answer);
        }
        durable.close();
      }),
      { numRuns: 40 },
    );
  });
});

test('calls that arrive together are written together, in order, and each is answered', async () => {
  const durable = open();
  const calls = Array.from({ length: 50 }, (_, i) =>
    callOf('forward', 'debit', debit.payload, { saga: `s-${i}` }),
  );
  const outcomes = await Promise.all(calls.map((call) => durable.handle(call)));
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['applied']));
  const { calls: filed, entries } = readParticipantFile(fileOf('bank'));
  expect(filed.map(({ request }) => request)).toEqual(calls);
  expect(entries.map(({ entry }) => entry.saga)).toEqual(calls.map(({ saga }) => saga));
  expect(entries.map(({ call }) => call)).toEqual(calls.map((_, i) => i + 1));
});

test('time never goes back, even when the clock does between two lives', async () => {
  const times = [5_000, 3_000, 9_000];
  for (const [i, nowUs] of times.entries()) {
    const durable = open('bank', { nowUs: () => nowUs });
    await durable.handle({ ...debit, saga: `s-${i}`, key: `s-${i}` });
    durable.close();
  }
  expect(readParticipantFile(fileOf('bank')).entries.map(({ atUs }) => atUs)).toEqual([5_000, 5_000, 9_000]);
});

test('what cannot be written has no effect, and is forgotten', async () => {
  const durable = open();
  await durable.handle(debit);
  const before = stateOf(durable);
  beside((db) =>
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'full'); END`),
  );
  const next = callOf('forward', 'debit', { account: 'a-0', amount: 7 }, { saga: 's-2' });
  await expect(durable.handle(next)).rejects.toMatchObject({ name: 'NotKept' });
  expect(stateOf(durable)).toEqual(before);
  beside((db) => db.exec('DROP TRIGGER full'));
  expect(await durable.handle(next)).toEqual({ kind: 'applied' });
  expect(balancesOf(durable.participant)['a-0']).toBe(988);
  expect(readParticipantFile(fileOf('bank')).entries).toHaveLength(2);
});

test('a participant that throws half-way is made again without the half', async () => {
  const create = (): Participant => {
    const inner = bank({ ...STEADY_BANK, creditFails: { permille: 0, per: 'attempt', answer: 'unknown' } });
    const handle: Participant['handle'] = (call, env) => {
      const outcome = inner.handle(call, env);
      if (call.saga === 'cursed') throw new Error('half-way');
      return outcome;
    };
    return { ...inner, handle };
  };
  const durable = open('bank', { create });
  await durable.handle(debit);
  await expect(durable.handle({ ...debit, saga: 'cursed', key: 'cursed' })).rejects.toThrow(
    'could not be kept',
  );
  expect(balancesOf(durable.participant)['a-0']).toBe(995);
  expect(await durable.handle({ ...debit, saga: 's-3', key: 's-3' })).toEqual({ kind: 'applied' });
});

test('of two processes on one file, the one that does not know it all answers nothing until it does', async () => {
  const [one, two] = [open(), open()];
  await one.handle(debit);
  await expect(two.handle(debit)).rejects.toMatchObject({ name: 'NotKept' });
  expect(await two.handle(debit)).toEqual({ kind: 'applied' });
  expect(readParticipantFile(fileOf('bank')).entries).toHaveLength(1);
});

test('what a participant keeps in memory only is gone after a restart, and stays gone', async () => {
  const create = (): Participant => {
    const ledger = new LedgerBook();
    let inMemory = 0;
    return {
      actions: ['count'],
      ledger,
      handle: () => ({ kind: 'applied', result: ++inMemory }),
      restart: () => {
        inMemory = 0;
      },
    };
  };
  const results: unknown[] = [];
  for (let life = 0; life < 3; life++) {
    const durable = open('orders', { create });
    for (const saga of ['x', 'y']) {
      const outcome = await durable.handle(callOf('forward', 'count', {}, { saga }));
      results.push(outcome.kind === 'applied' && outcome.result);
    }
    durable.close();
  }
  expect(results).toEqual([1, 2, 1, 2, 1, 2]);
});

test('once closed, it answers nothing', async () => {
  const durable = open();
  const answer = durable.handle(debit);
  durable.close();
  expect(await answer).toEqual({ kind: 'applied' });
  await expect(durable.handle(debit)).rejects.toMatchObject({ name: 'NotKept' });
});

describe('a file that is not as it was is refused', () => {
  async function filled(): Promise<void> {
    const durable = open();
    await durable.handle(debit);
    durable.close();
  }

  test('made with other options', async () => {
    await filled();
    const options = { ...STEADY_BANK, accounts: 5 };
    expect(() => open('bank', { options })).toThrow(/was made with other options/);
    const shuffled = Object.fromEntries(
      Object.entries(knownService('bank').optionsFrom(STEADY_BANK)).reverse(),
    );
    expect(open('bank', { options: shuffled }).calls).toBe(1);
  });

  test('of another service', async () => {
    await filled();
    expect(() => open('inventory', { file: fileOf('bank') })).toThrow(
      /of the service "bank", not of "inventory"/,
    );
  });

  test('of another program, which is not touched', () => {
    beside((db) => db.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)'));
    expect(() => open()).toThrow(/the database of another program/);
    expect(() => readParticipantFile(fileOf('bank'))).toThrow(/the database of another program/);
    expect(beside((db) => db.prepare('SELECT name FROM sqlite_schema').all())).toEqual([{ name: 'theirs' }]);
  });

  test('no database at all', () => {
    writeFileSync(fileOf('bank'), 'a letter to my aunt, which is longer than a header'.repeat(30));
    expect(() => open()).toThrow(/cannot hold a participant/);
  });

  test('of a later version', async () => {
    await filled();
    beside((db) => db.exec('PRAGMA user_version = 99'));
    expect(() => open()).toThrow(/a later version of sagastorm/);
  });

  test.each([
    ['an answer', `UPDATE calls SET answer = '{"kind":"applied","result":1}'`, /call 1 .* it answered/],
    [
      'a request',
      `UPDATE calls SET request = replace(request, '"amount":5', '"amount":6')`,
      /call 1 .* books/,
    ],
    ['an entry', 'DELETE FROM entries', /call 1 .* it wrote \[\] into its books, and now/],
    ['a number', 'DELETE FROM entries; UPDATE calls SET no = 2', /call 2 .* calls before it are missing/],
  ])('%s was changed', async (_, statement, why) => {
    await filled();
    beside((db) => db.exec(statement));
    expect(() => open()).toThrow(why);
    expect(() => readParticipantFile(fileOf('bank'))).toThrow(why);
  });

  test('changed while it runs: then nothing is answered any more, and somebody is told', async () => {
    const told: string[] = [];
    const durable = open('bank', { onBroken: ({ message }) => told.push(message) });
    await durable.handle(debit);
    beside((db) => db.exec(`UPDATE calls SET answer = '{}'`));
    beside((db) =>
      db.exec(`CREATE TRIGGER full BEFORE INSERT ON calls BEGIN SELECT RAISE(ABORT, 'full'); END`),
    );
    await expect(durable.handle(debit)).rejects.toMatchObject({ name: 'NotKept' });
    beside((db) => db.exec('DROP TRIGGER full'));
    await expect(durable.handle(debit)).rejects.toThrow('broken');
    expect(told).toEqual([expect.stringContaining('does not come out as it did')]);
  });
});

test('there is nothing to read where there is no file', () => {
  expect(() => readParticipantFile(fileOf('nobody'))).toThrow(/cannot hold a participant/);
});
