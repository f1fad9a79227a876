// The causal past of a violation as a Mermaid sequence diagram, for issues and chats.

import type { DebugEvent, DebugFault, DebugMessage, DebugRecord } from '../../../simulator/debug-record.ts';

/** Mermaid reads no more than this with ease. */
const EVENTS_MAX = 200;

/** The diagram; of a long past the last events, and a note that says so. */
export function mermaid(record: DebugRecord): string {
  const shown = new Set(record.past.slice(-EVENTS_MAX));
  const events = record.events.filter(({ index }) => shown.has(index));
  const lanes = new Set(events.map(({ lane }) => lane));
  for (const { from, toLane } of record.messages) if (shown.has(from)) lanes.add(toLane);
  const left = record.past.length + record.pastLeftOut - shown.size;
  return [
    'sequenceDiagram',
    ...record.lanes.flatMap(({ name }, i) => (lanes.has(i) ? [`  participant L${i} as ${said(name)}`] : [])),
    ...(left > 0 ? [`  Note over L${[...lanes][0]}: ${left} earlier events are left out`] : []),
    ...events.flatMap((event) => linesOf(record, event).map((line) => `  ${line}`)),
    '',
  ].join('\n');
}

function linesOf(record: DebugRecord, event: DebugEvent): readonly string[] {
  const { index, lane, kind, brief } = event;
  const struck = record.faults
    .filter((fault) => fault.event === index)
    .map((fault) => faultLine(fault, lane));
  const broken = record.violations
    .filter((violation) => violation.event === index)
    .map(({ invariant, message }) => `Note over L${lane}: BROKEN ${said(`${invariant}, ${message}`)}`);
  const arrived = record.messages.find(({ to, lost }) => to === index || lost === index);
  const own = arrived === undefined ? noteOf(event) : [messageLine(record, arrived, brief)];
  return kind === 'send' ? [...struck, ...broken] : [...own, ...struck, ...broken];
}

function messageLine(
  { events }: DebugRecord,
  { from, to, toLane, isCopy }: DebugMessage,
  brief: string,
): string {
  const sender = events.find(({ index }) => index === from)?.lane ?? toLane;
  const dash = isCopy === true ? '--' : '-';
  const head = to === undefined ? 'x' : '>>';
  return `L${sender}${dash}${head}L${toLane}: ${said(brief)}`;
}

function noteOf({ lane, brief, words }: DebugEvent): readonly string[] {
  return [`Note over L${lane}: ${said(brief === '' ? words : brief)}`];
}

function faultLine({ words }: DebugFault, lane: number): string {
  return `Note over L${lane}: FAULT ${said(words)}`;
}

/** Signs that mean something to Mermaid are put otherwise. */
function said(text: string): string {
  return text
    .replace(/[;\n]/g, ',')
    .replaceAll('#', 'no. ')
    .replaceAll(':', ' –')
    .replaceAll('+', ' worker +');
}
