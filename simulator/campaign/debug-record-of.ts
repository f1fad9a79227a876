// From what was seen of a run to the record of it: lanes, events in words, messages, what struck where, and which events
// led to the violation. What does not fit into a page is left out from the outside in, and counted.

import type { StepDefinition } from '../../engine/core/define-saga.ts';
import type {
  DebugChange,
  DebugEvent,
  DebugFault,
  DebugMessage,
  DebugRecord,
  DebugSaga,
  DebugSpan,
  DebugViolation,
} from '../debug-record.ts';
import { faultWords } from '../explore/story.ts';
import type { PlannedFault } from '../run-result.ts';
import { causalPast, type OrderedEvent } from './causal-past.ts';
import { briefWords } from './debug-brief.ts';
import { WORLD } from './debug-lanes.ts';
import type { DebugRecorder } from './debug-recorder.ts';
import type { Said, Seen } from './debug-seen.ts';
import { appendAnswer, endOf, eventWords } from './debug-words.ts';

/** More than this no page can draw. */
export const DEBUG_EVENTS_MAX = 2_000;

/** Events that a fault can be, or end in: it struck with the one that follows the point, not with the one before. */
const STRIKES: ReadonlySet<string> = new Set([
  'lose',
  'crash',
  'pause',
  'takeover',
  'clock',
  'cancel',
  'store-restart',
  'participant-down',
  'participant-restart',
  'deploy',
]);

/** What the recorder saw, as the parts of the record that come of it. */
export type SeenRecord = Pick<
  DebugRecord,
  | 'sagas'
  | 'lanes'
  | 'opening'
  | 'events'
  | 'messages'
  | 'spans'
  | 'faults'
  | 'violations'
  | 'past'
  | 'eventsTotal'
  | 'pastLeftOut'
>;

export interface Subject {
  readonly plan: readonly PlannedFault[];
  /** Whether each saga and fault of the run was shown to be necessary. */
  readonly isMinimal: boolean;
  /** Whether this is the violation that the page is about; otherwise it is the first. */
  isIt(said: Said): boolean;
  readonly eventsMax?: number;
}

/** The record of what was seen. */
export function seenRecord(recorder: DebugRecorder, subject: Subject): SeenRecord {
  const { plan, isMinimal, eventsMax = DEBUG_EVENTS_MAX } = subject;
  const struck = plan.map((fault) => strikeOf(recorder, fault));
  const violations = inOrder(recorder.said, subject);
  const past = pastOf(recorder, violations[0], struck, isMinimal);
  const pastKept = past.slice(-eventsMax);
  const kept = keptOf(recorder, pastKept, violations[0]?.event, eventsMax);
  const lanes = lanesOf(recorder, kept);
  const events = eventsOf(recorder, kept, lanes.index);
  const faults = plan.map((fault, i): DebugFault => {
    const event = struck[i];
    const at = event === undefined || !kept.has(event) ? {} : { event };
    return { ...fault, words: faultWords(fault), ...at, ...(isMinimal ? { isNecessary: true } : {}) };
  });
  return {
    sagas: sagasOf(recorder, events),
    lanes: lanes.lanes,
    opening: recorder.changes.opening(events.flatMap(({ changes = [] }) => changes)),
    events,
    messages: messagesOf(recorder, kept, lanes.index),
    spans: spansOf(recorder, kept, lanes.index),
    faults,
    violations: violations.filter(({ event }) => kept.has(event)),
    past: pastKept,
    eventsTotal: recorder.length,
    pastLeftOut: past.length - pastKept.length,
  };
}

function inOrder(said: readonly Said[], { isIt }: Subject): readonly DebugViolation[] {
  const it = said.find(isIt);
  return it === undefined ? said : [it, ...said.filter((other) => other !== it)];
}

/** The event in which a fault struck, if it did. */
function strikeOf({ met, events }: DebugRecorder, { at }: PlannedFault): number | undefined {
  const next = met.get(at);
  if (next === undefined) return undefined;
  const append = /^(?<saga>.+)@(?<version>\d+)#\d+:append$/.exec(at)?.groups;
  if (append !== undefined) {
    const lands = events.findIndex(
      (seen, i) =>
        i >= next &&
        seen?.kind === 'append' &&
        seen.saga === append.saga &&
        seen.y === Number(append.version),
    );
    return lands < 0 ? undefined : lands;
  }
  const [before, after] = [events[next - 1], events[next]];
  if (after !== undefined && STRIKES.has(after.kind) && (before === undefined || !at.endsWith(':start'))) {
    if (isAboutSaga(after, at)) return next;
  }
  return before?.index ?? after?.index;
}

/** A machine's event can follow from any point; one of a saga only from its own. */
function isAboutSaga({ saga }: Seen, at: string): boolean {
  const own = /^(s-\d+)[/@#:]/.exec(at)?.[1];
  return saga === undefined || own === undefined || own === saga;
}

/** See causal-past.ts. */
function pastOf(
  recorder: DebugRecorder,
  violation: DebugViolation | undefined,
  struck: readonly (number | undefined)[],
  isMinimal: boolean,
): readonly number[] {
  if (violation === undefined) return [];
  const { events } = recorder;
  const { saga, event: end } = violation;
  const ofSaga = (seen: Seen | undefined): boolean =>
    seen?.saga !== undefined && (isMinimal || saga === undefined || seen.saga === saga);
  const machines = new Set<string>();
  for (const seen of events) if (seen !== undefined && ofSaga(seen)) machines.add(seen.lane);
  const isOfConcern = (event: number): boolean => {
    const seen = events[event];
    if (seen === undefined || event > end) return false;
    return event === end || ofSaga(seen) || (seen.saga === undefined && machines.has(seen.lane)); // C2
  };
  const roots = [end, ...struck.filter((event) => event !== undefined)];
  for (const seen of events) if (seen?.kind === 'effect' && ofSaga(seen)) roots.push(seen.index);
  const wanted = roots.filter(isOfConcern); // C3
  return causalPast(orderOf(recorder), wanted, isOfConcern);
}

/** C1: messages, as ways by which events happen before others. */
export function orderOf({ events, messages }: DebugRecorder): readonly (OrderedEvent | undefined)[] {
  const after = new Map<number, number[]>();
  for (const { from, to, lost } of messages.legs) {
    const end = to ?? lost;
    if (end === undefined || end === from) continue;
    const known = after.get(end);
    if (known === undefined) after.set(end, [from]);
    else known.push(from);
  }
  return Array.from(events, (seen, i) => {
    if (seen === undefined) return undefined;
    const order = { after: [...seen.after, ...(after.get(i) ?? [])] };
    return seen.lane === WORLD ? order : { ...order, lane: seen.lane };
  });
}

/** The past, and as much around the violation as there is room for. */
function keptOf(
  { events }: DebugRecorder,
  past: readonly number[],
  violation: number | undefined,
  max: number,
): ReadonlySet<number> {
  const kept = new Set(past);
  const centre = violation ?? 0;
  const rest = events.flatMap((seen) => (seen === undefined || kept.has(seen.index) ? [] : seen.index));
  rest.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre) || a - b);
  for (const index of rest.slice(0, Math.max(0, max - kept.size))) kept.add(index);
  return kept;
}

interface KeptLanes {
  readonly lanes: DebugRecord['lanes'];
  index(name: string): number;
}

/** The lanes in which something is kept, and those that a kept message was meant for. */
function lanesOf({ lanes, events, messages }: DebugRecorder, kept: ReadonlySet<number>): KeptLanes {
  const used = new Set<string>();
  for (const index of kept) used.add(events[index]!.lane);
  for (const { from, toLane } of messages.legs) if (kept.has(from)) used.add(toLane);
  const all = lanes.all();
  const shown = all.filter(({ name }) => used.has(name));
  const index = (name: string): number => shown.findIndex((lane) => lane.name === name);
  return {
    lanes: shown.map(({ tookOverFrom, ...lane }) => {
      const before = tookOverFrom === undefined ? -1 : index(all[tookOverFrom]!.name);
      return { ...lane, ...(before < 0 ? {} : { tookOverFrom: before }) };
    }),
    index,
  };
}

function eventsOf(
  recorder: DebugRecorder,
  kept: ReadonlySet<number>,
  laneIndex: (name: string) => number,
): readonly DebugEvent[] {
  const senders = new Map(
    recorder.messages.legs.flatMap(({ lost, toLane }) => (lost === undefined ? [] : [[lost, toLane]])),
  );
  let carried: DebugChange[] = [];
  const events: DebugEvent[] = [];
  for (const seen of recorder.events) {
    if (seen === undefined) continue;
    const changes = [...carried, ...(seen.changes ?? [])];
    carried = changes;
    if (!kept.has(seen.index)) continue;
    carried = [];
    const words = eventWords(seen, senders.get(seen.index) ?? seen.lane);
    events.push({
      ...eventOf(seen, laneIndex(seen.lane), words),
      ...(changes.length > 0 ? { changes } : {}),
    });
  }
  return events;
}

const OF_CALLS: ReadonlySet<string> = new Set([
  'send',
  'deliver',
  'lose',
  'refused',
  'queued',
  'effect',
  'reply',
  'client-done',
]);

function eventOf(seen: Seen, lane: number, words: string): DebugEvent {
  const { index, atUs, kind, saga, call, entry, z } = seen;
  const base = {
    index,
    atUs,
    lane,
    kind,
    words,
    brief: briefWords(seen),
    ...(saga === undefined ? {} : { saga }),
  };
  const outcome =
    kind === 'ended'
      ? endOf(seen)
      : kind === 'append'
        ? appendAnswer(seen)
        : kind === 'lose'
          ? seen.lost
          : seen.outcome?.kind;
  const told = outcome === undefined ? {} : { outcome };
  const about = entry ?? call;
  if (about === undefined || !OF_CALLS.has(kind)) return { ...base, ...told };
  const { step, direction, action } = about;
  const isTransmission = kind !== 'effect' && kind !== 'reply';
  return {
    ...base,
    ...told,
    step,
    direction,
    action,
    ...(isTransmission ? { sent: z >> 1, ...((z & 1) === 1 ? { isCopy: true } : {}) } : {}),
  };
}

function messagesOf(
  { messages }: DebugRecorder,
  kept: ReadonlySet<number>,
  laneIndex: (name: string) => number,
): readonly DebugMessage[] {
  return messages.legs.flatMap(({ kind, from, to, lost, toLane, isCopy, turnedAway }): DebugMessage[] => {
    if (!kept.has(from) || (to === undefined && lost === undefined)) return [];
    return [
      {
        kind,
        from,
        toLane: laneIndex(toLane),
        ...(to !== undefined && kept.has(to) ? { to } : {}),
        ...(lost !== undefined && kept.has(lost) ? { lost } : {}),
        ...(isCopy === true ? { isCopy } : {}),
        ...(turnedAway === true ? { turnedAway } : {}),
      },
    ];
  });
}

function spansOf(
  { events }: DebugRecorder,
  kept: ReadonlySet<number>,
  laneIndex: (name: string) => number,
): readonly DebugSpan[] {
  return events.flatMap((seen): DebugSpan[] => {
    if (seen === undefined || !kept.has(seen.index) || seen.y === 0) return [];
    const { kind, index, atUs, y, lane } = seen;
    if (kind === 'pause') return [{ kind: 'pause', lane: laneIndex(lane), from: index, untilUs: atUs + y }];
    const isDown = kind === 'crash' || kind === 'participant-down';
    return isDown ? [{ kind: 'down', lane: laneIndex(lane), from: index, untilUs: atUs + y }] : [];
  });
}

function stepOf({ name, service, hasEffects }: StepDefinition): DebugSaga['steps'][number] {
  return { name, service, ...(hasEffects ? {} : { effects: 'none' }) };
}

function sagasOf({ definitions }: DebugRecorder, events: readonly DebugEvent[]): DebugRecord['sagas'] {
  const shown = new Set(events.flatMap(({ saga }) => saga ?? []));
  return [...definitions].flatMap(([id, { name: definition, steps }]) =>
    shown.has(id) ? [{ id, definition, steps: steps.map(stepOf) }] : [],
  );
}
