// The signs of a space-time diagram. Each kind of event has a shape of its own; colour says nothing that shape does not.

import type { DebugEventKind } from '../../../simulator/debug-record.ts';

export type Sign =
  | 'people'
  | 'send'
  | 'arrive'
  | 'effect'
  | 'log'
  | 'no-log'
  | 'lost'
  | 'dies'
  | 'starts'
  | 'stands-still'
  | 'takes-over'
  | 'clock'
  | 'world';

const SIGNS: Readonly<Record<DebugEventKind, Sign>> = {
  create: 'people',
  resume: 'people',
  cancel: 'people',
  retry: 'people',
  repair: 'people',
  send: 'send',
  deliver: 'arrive',
  reply: 'arrive',
  queued: 'arrive',
  refused: 'no-log',
  lose: 'lost',
  effect: 'effect',
  append: 'log',
  'append-lost': 'no-log',
  ended: 'log',
  wake: 'clock',
  clock: 'clock',
  'service-timer': 'clock',
  'client-timer': 'clock',
  'client-done': 'arrive',
  crash: 'dies',
  'participant-down': 'dies',
  fenced: 'dies',
  'participant-restart': 'starts',
  restart: 'starts',
  deploy: 'starts',
  takeover: 'takes-over',
  pause: 'stands-still',
  'store-restart': 'world',
  heal: 'world',
  quiet: 'world',
  other: 'world',
};

/** The sign of an event; an append that was refused has another than one that was not. */
export function signOf(kind: DebugEventKind, outcome: string | undefined): Sign {
  if (kind === 'append' && (outcome === 'conflict' || outcome === 'fenced' || outcome === 'failed'))
    return 'no-log';
  return SIGNS[kind];
}

/** What each sign stands for, for the legend. */
export const MEANINGS: Readonly<Record<Sign, string>> = {
  people: 'a client or operator asks',
  send: 'a message leaves',
  arrive: 'a message arrives',
  effect: 'a participant books an effect',
  log: 'written to the log',
  'no-log': 'refused or lost',
  lost: 'a message is lost',
  dies: 'dies or stops',
  starts: 'starts again',
  'stands-still': 'stands still',
  'takes-over': 'a second worker takes over',
  clock: 'time passes',
  world: 'happens to all',
};

const SHAPES: Readonly<Record<Sign, string>> = {
  people: '<path class="m-line m-fill" d="M-6,5L0,-6L6,5Z"/>',
  send: '<circle class="m-line m-open" r="4.5"/>',
  arrive: '<circle class="m-fill" r="4.5"/>',
  effect: '<path class="m-effect" d="M0,-8L8,0L0,8L-8,0Z"/>',
  log: '<rect class="m-log" x="-5.5" y="-5.5" width="11" height="11"/>',
  'no-log':
    '<rect class="m-line m-open" x="-5.5" y="-5.5" width="11" height="11"/><path class="m-line" d="M-5.5,-5.5L5.5,5.5"/>',
  lost: '<path class="m-lost" d="M-6,-6L6,6M6,-6L-6,6"/>',
  dies: '<rect class="m-fill" x="-7" y="-7" width="14" height="14" rx="2"/><path class="m-knock" d="M-4,-4L4,4M4,-4L-4,4"/>',
  starts:
    '<rect class="m-fill" x="-7" y="-7" width="14" height="14" rx="2"/><path class="m-knock-fill" d="M-3,-4L5,0L-3,4Z"/>',
  'stands-still':
    '<rect class="m-fill" x="-7" y="-7" width="14" height="14" rx="2"/><path class="m-knock" d="M-2.5,-4V4M2.5,-4V4"/>',
  'takes-over':
    '<rect class="m-fill" x="-7" y="-7" width="14" height="14" rx="2"/><path class="m-knock-fill" d="M-5,-4L0,0L-5,4ZM0,-4L5,0L0,4Z"/>',
  clock: '<circle class="m-line m-open" r="6"/><path class="m-line" d="M0,-3.5V0H3"/>',
  world: '<path class="m-line" d="M-7,0H7"/>',
};

/** A sign at a place. */
export function markAt(sign: Sign, x: number, y: number): string {
  return `<g transform="translate(${x},${y})">${SHAPES[sign]}</g>`;
}

/** An octagon with an exclamation mark around an event in which an invariant broke. */
export function alarmAt(x: number, y: number): string {
  const path = 'M-5,-12H5L12,-5V5L5,12H-5L-12,5V-5Z';
  return `<g transform="translate(${x},${y})"><path class="m-alarm" d="${path}"/></g>`;
}

/** A flash, where a fault struck. */
export function flashAt(x: number, y: number): string {
  return `<path class="m-flash" transform="translate(${x},${y})" d="M1,-9L-6,2H-1L-2,9L6,-3H1Z"/>`;
}

/** The heads of arrows, once per page. */
export const HEADS = `<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<marker id="head" class="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0L10,5L0,10Z"/></marker>
<marker id="head-reply" class="head-reply" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0,0L10,5L0,10"/></marker>
<pattern id="down" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="p-down-tint" width="7" height="7"/><rect class="p-down-ink" width="3" height="7"/></pattern>
<pattern id="still" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="p-still-tint" width="6" height="6"/><rect class="p-still-ink" width="6" height="1.6"/></pattern>
</defs></svg>`;
