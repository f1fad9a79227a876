// What goes wrong on purpose goes wrong as it was said, and nothing else does.

import { describe, expect, test } from 'vitest';
import type { Call } from '../../../engine/core/protocol.ts';
import {
  type ChaosFate,
  type ChaosKnobs,
  ChaosPanel,
  readParticipantFile,
} from '../../../participants-mock/http/index.ts';
import { callOf } from '../../engine/fence/call-of.ts';
import { answered, engineFor, fileOf, post, served } from './served.ts';

const debit = callOf('forward', 'debit', { account: 'a-0', amount: 5 });
const CUT = {
  kind: 'unknown',
  failure: 'transient',
  reason: expect.stringMatching(/ECONNRESET|closed|hang/),
};
const FAILED = { kind: 'unknown', failure: 'transient', reason: expect.stringContaining('500') };

function effects(): number {
  return readParticipantFile(fileOf('bank')).entries.length;
}

const FATES: readonly (readonly [string, ChaosFate, object, number])[] = [
  ['nothing', {}, { kind: 'applied' }, 1],
  ['a delay', { delayMs: 5 }, { kind: 'applied' }, 1],
  ['a request that is dropped', { dropRequest: true }, CUT, 0],
  ['a failure before the effect', { failBefore: true }, FAILED, 0],
  ['a failure after the effect', { failAfter: true }, FAILED, 1],
  ['a reply that is dropped', { dropReply: true }, CUT, 1],
];

test.each(FATES)('%s', async (_, fate, outcome, count) => {
  const seen: Call[] = [];
  const chaos = (call: Call): ChaosFate => {
    seen.push(call);
    return fate;
  };
  const { url } = await served('bank', { chaos });
  expect(await engineFor(url)(debit)).toMatchObject(outcome);
  expect(effects()).toBe(count);
  expect(seen).toEqual([{ ...debit, service: 'bank' }]);
});

test('plain requests meet a fate too, each time another', async () => {
  const attempts: number[] = [];
  const { url } = await served('bank', {
    chaos: ({ attempt }) => {
      attempts.push(attempt);
      return attempt === 1 ? { failAfter: true } : {};
    },
  });
  expect((await post(url, 'debit', debit.payload, 't-1')).status).toBe(500);
  expect((await post(url, 'debit', debit.payload, 't-1')).body).toMatchObject({
    message: 'already processed',
  });
  expect(attempts).toEqual([1, 2]);
  expect(effects()).toBe(1);
});

test('what is refused for its form meets no fate', async () => {
  const { url } = await served('bank', { chaos: { failBeforePermille: 1_000 } });
  expect((await post(url, 'debit', '{', 't-1')).status).toBe(400);
  expect((await post(url, 'debit', {}, 't-1')).status).toBe(500);
});

describe('knobs', () => {
  const call = (i: number): Call => callOf('forward', 'debit', {}, { saga: `s-${i}` });
  const fates = (knobs: Partial<ChaosKnobs>): readonly ChaosFate[] => {
    const { decide } = new ChaosPanel({ seed: 7, knobs });
    return Array.from({ length: 4_000 }, (_, i) => decide(call(i)));
  };

  test.each([
    ['dropRequestPermille', (fate: ChaosFate) => fate.dropRequest],
    ['failBeforePermille', (fate: ChaosFate) => fate.failBefore],
    ['crashBeforePermille', (fate: ChaosFate) => fate.crash === 'before'],
    ['crashAfterPermille', (fate: ChaosFate) => fate.crash === 'after'],
    ['dropReplyPermille', (fate: ChaosFate) => fate.dropReply],
    ['failAfterPermille', (fate: ChaosFate) => fate.failAfter],
  ] as const)('%s is a rate, and turns nothing but itself', (knob, is) => {
    const dealt = fates({ [knob]: 250 });
    const hit = dealt.filter(is).length;
    expect(hit).toBeGreaterThan(860); // 5 sigma are 137
    expect(hit).toBeLessThan(1_140);
    const calm = {
      delayMs: 0,
      dropRequest: false,
      failBefore: false,
      crash: 'none',
      dropReply: false,
      failAfter: false,
    };
    expect(
      dealt
        .filter((fate) => !is(fate))
        .every((fate) =>
          Object.keys(calm).every((k) => fate[k as keyof ChaosFate] === calm[k as keyof typeof calm]),
        ),
    ).toBe(true);
    expect(fates({ [knob]: 0 }).some(is)).toBe(false);
    expect(fates({ [knob]: 1_000 }).every(is)).toBe(true);
    expect(fates({ [knob]: 250, latencyMs: 3 }).map(is)).toEqual(dealt.map(is));
  });

  test('a delay is as long as it is said to be, and no longer', () => {
    const delays = fates({ latencyMs: 20, jitterMs: 4 }).map(({ delayMs }) => delayMs);
    expect([...new Set(delays)].sort()).toEqual([20, 21, 22, 23, 24]);
  });

  test('they are turned while it runs, and read', async () => {
    const { url } = await served('bank', { chaosControl: true });
    const knobs = async (body?: unknown) =>
      answered(
        await fetch(`${url}/chaos`, body === undefined ? {} : { method: 'PUT', body: JSON.stringify(body) }),
      );
    expect(await knobs()).toMatchObject({ status: 200, body: { failBeforePermille: 0 } });
    expect(await knobs({ failBeforePermille: 1_000 })).toMatchObject({ status: 200 });
    expect((await post(url, 'debit', debit.payload, 't-1')).status).toBe(500);
    expect(await knobs({ failAfterPermille: 0 })).toMatchObject({ body: { failBeforePermille: 0 } });
    expect((await post(url, 'debit', debit.payload, 't-1')).status).toBe(200);
  });

  test.each([
    [{ latencyMS: 5 }, 'Did you mean "latencyMs"?'],
    [{ failAfterPermille: 1_001 }, 'from 0 to 1000'],
    [{ failAfterPermille: '5' }, 'from 0 to 1000'],
    [{ latencyMs: -1 }, 'from 0 to 60000'],
    [[], 'not a record'],
    [null, 'not a record'],
  ])('%j is refused, and changes nothing', async (knobs, why) => {
    const { url } = await served('bank', { chaosControl: true, chaos: { latencyMs: 1 } });
    const put = await answered(await fetch(`${url}/chaos`, { method: 'PUT', body: JSON.stringify(knobs) }));
    expect(put).toMatchObject({ status: 400, body: { detail: expect.stringContaining(why) } });
    expect((await answered(await fetch(`${url}/chaos`))).body).toMatchObject({ latencyMs: 1 });
  });

  test('nobody turns them unless that was wanted', async () => {
    const { url } = await served('bank');
    const put = await fetch(`${url}/chaos`, { method: 'PUT', body: '{"failBeforePermille":1000}' });
    expect([put.status, (await fetch(`${url}/chaos`)).status]).toEqual([404, 404]);
  });
});
