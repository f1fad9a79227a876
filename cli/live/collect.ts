// Collects the evidence of a run for real: the logs from its store, the files of its participants, the diaries of faults.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sagasOfLines } from '../../engine/live/index.ts';
import { type FiledCall, type FiledEntry, readParticipantFile } from '../../participants-mock/http/index.ts';
import type { AskedSaga, Evidence, HandledCall, ServiceEvidence } from '../../simulator/audit/evidence.ts';
import { readDiary } from './live-faults.ts';
import type { PreparedLive } from './live-job.ts';

type Times = Pick<Evidence, 'beganAtUs' | 'healedAtUs' | 'endedAtUs'>;

export async function evidenceOf(
  { live, prepared }: PreparedLive,
  store: { export(): Iterable<string> | AsyncIterable<string> },
  asked: readonly AskedSaga[],
  times: Times,
): Promise<Evidence> {
  const { scenario, sagas } = prepared;
  const services = Object.keys(scenario.participants({ sagas })).map((name): [string, ServiceEvidence] => [
    name,
    serviceEvidence(join(live.folder, `${name}.db`), () => scenario.participants({ sagas })[name]!),
  ]);
  const diaries = readdirSync(live.folder).filter((file) => file.endsWith('.faults.ndjson'));
  return {
    ...times,
    asked,
    logs: (await sagasOfLines(store.export())).logs,
    services: Object.fromEntries(services),
    faults: diaries.sort().flatMap((file) => readDiary(join(live.folder, file))),
  };
}

/** Of a run that was over before anybody could be asked for anything. */
export function noEvidence({ prepared: { scenario, sagas } }: PreparedLive, atUs: number): Evidence {
  const participants = Object.entries(scenario.participants({ sagas }));
  const services = participants.map(([name, participant]): [string, ServiceEvidence] => [
    name,
    { opening: participant, closing: participant, handled: [] },
  ]);
  return {
    beganAtUs: atUs,
    healedAtUs: atUs,
    endedAtUs: atUs,
    asked: [],
    logs: new Map(),
    services: Object.fromEntries(services),
    faults: [],
  };
}

function serviceEvidence(
  file: string,
  create: () => ReturnType<typeof readParticipantFile>['opening'],
): ServiceEvidence {
  const { opening, participant, calls, entries } = readParticipantFile(file, { create });
  const byCall = Map.groupBy(entries, ({ call }) => call);
  return {
    opening,
    closing: participant,
    handled: calls.flatMap((filed) => handledCall(filed, byCall.get(filed.no) ?? [])),
  };
}

/** None when it was no call of an engine. */
function handledCall(
  { atUs, request, answer }: FiledCall,
  entries: readonly FiledEntry[],
): readonly HandledCall[] {
  if (request.kind !== 'call') return [];
  if (answer.kind === 'plain' || answer.kind === 'restarted') return [];
  return [{ atUs, call: request, outcome: answer, entries: entries.map(({ entry }) => entry) }];
}
