// The failing-seed debugger: one page per failing run, failure first. What led to the violation is drawn beforehand; with
// JavaScript a person goes through it event by event.

import type { DebugEvent, DebugFault, DebugRecord } from '../../../simulator/debug-record.ts';
import { command, copyButton } from '../command.ts';
import { dataTable } from '../data-table.ts';
import { html, lines, type Markup, trusted } from '../markup.ts';
import { renderPage } from '../page.ts';
import { asText, diagram, signAlone } from './diagram.ts';
import { timeText } from './layout.ts';
import { alarmAt, flashAt, HEADS, MEANINGS, markAt, type Sign, signOf } from './marks.ts';
import { mermaid } from './mermaid.ts';
import { cellsOf } from './panel.ts';
import { DEBUG_SCRIPT } from './script.ts';
import { stateView } from './state-view.ts';
import { DEBUG_STYLE } from './style.ts';

/**
 * The page of one run: a whole HTML document that needs nothing beside it. Equal records give equal bytes.
 *
 * @example
 * writeFileSync('failure.html', renderDebugger(await debugCapsule(readCapsule(path), path)));
 */
export function renderDebugger(record: DebugRecord): string {
  const cells = cellsOf(record);
  const position = positionOf(record);
  const past = new Set(record.past.length > 0 ? record.past : record.events.map(({ index }) => index));
  const all = new Set(record.events.map(({ index }) => index));
  const body = html`${trusted(HEADS)}
<header class="masthead"><h1>${record.scenario}</h1><p>${record.title} · seed “${record.seed}” · ${record.profile} · sagastorm ${record.version}</p></header>
${failure(record)}
<div class="bench">
<div class="side">
${scrubber(record, position)}
<section class="now" aria-labelledby="state-title">
<h2 id="state-title">At event <span id="at-number">${record.events[position]?.index ?? 0}</span></h2>
${stateView(record, cells, position)}
</section>
</div>
${drawings(record, past, all)}
</div>
${tables(record, past)}
${end(record)}`;
  return renderPage({
    title: `${record.violations[0]?.invariant ?? 'held'} · ${record.scenario} · sagastorm`,
    body,
    style: DEBUG_STYLE,
    scripts: [DEBUG_SCRIPT],
    data: { 'debug-record': record, 'debug-cells': cells },
  });
}

/** Where the page begins: at the violation, or at the end of a run that held. */
function positionOf({ events, violations }: DebugRecord): number {
  const at = events.findIndex(({ index }) => index === violations[0]?.event);
  return at < 0 ? Math.max(0, events.length - 1) : at;
}

function failure(record: DebugRecord): Markup {
  const { violations, replay, test, faults } = record;
  const [first, ...others] = violations;
  const copies = html`<p class="tools">${test !== undefined && html`${copy(test, 'as vitest test')} `}${copy(mermaid(record), 'as Mermaid diagram')}</p>`;
  if (first === undefined) {
    return html`<section class="verdict tone-ok"><h2><span aria-hidden="true">✓ </span>This run held</h2><p class="lead">${record.sentence}</p>
${command(replay, 'Command that replays the run')}${copies}</section>`;
  }
  const also = [...new Set(others.map(({ invariant }) => invariant))].filter((id) => id !== first.invariant);
  return html`<section class="verdict tone-bad"><h2><span aria-hidden="true">✗ </span>${first.invariant}: ${first.message}${first.saga !== undefined && ` (saga ${first.saga})`}</h2>
<p class="lead">What should hold: “${first.statement}”. It was broken at <a href="#event-${first.event}">event ${first.event}</a>, after ${timeText(first.atUs)} of virtual time${also.length > 0 && html`; so ${also.length === 1 ? 'was' : 'were'} ${also.join(', ')}`}.</p>
${doubts(record)}
${struck(faults)}
${command(replay, 'Command that replays the run')}
${copies}</section>`;
}

function copy(text: string, what: string): Markup {
  return html`<button type="button" class="needs-js" data-copy="${text}">Copy ${what}</button>`;
}

function doubts({ reproduced }: DebugRecord): Markup | false {
  if (reproduced === undefined || reproduced === 'exact') return false;
  return html`<p class="state tone-warn">${
    reproduced === 'similar'
      ? 'The code has changed since the run was recorded: this is the same failure on another path.'
      : 'The code has changed since the run was recorded: it does not fail in this way any more.'
  }</p>`;
}

const FAULTS_OPEN = 12;

function struck(faults: readonly DebugFault[]): Markup {
  if (faults.length === 0) return html`<p>No fault struck: it fails by itself.</p>`;
  const isMinimal = faults.every(({ isNecessary }) => isNecessary === true);
  const title = `${faults.length === 1 ? 'One fault was' : `${faults.length} faults were`} injected${isMinimal ? '; without any one of them it does not fail so' : ''}:`;
  const item = ({ words, event }: DebugFault): Markup =>
    html`<li>${words}${event !== undefined && html` (<a href="#event-${event}">event ${event}</a>)`}</li>`;
  const rest = faults.slice(FAULTS_OPEN);
  return html`<p class="faults-title">${title}</p>
<ol class="faults">${faults.slice(0, FAULTS_OPEN).map(item)}</ol>
${rest.length > 0 && html`<details><summary>${rest.length} more</summary><ol class="faults" start="${FAULTS_OPEN + 1}">${rest.map(item)}</ol></details>`}`;
}

const MOVES: readonly (readonly [go: string, text: string, name: string, keys: string])[] = [
  ['first', '|◂', 'First event', 'Home'],
  ['fault-before', '↯ ◂', 'Previous fault', 'p'],
  ['back', '◂', 'Previous event', 'ArrowLeft'],
  ['on', '▸', 'Next event', 'ArrowRight'],
  ['fault-after', '▸ ↯', 'Next fault', 'n'],
  ['violation', '!', 'The violation', 'v'],
  ['last', '▸|', 'Last event', 'End'],
];

function scrubber({ events }: DebugRecord, position: number): Markup {
  const event = events[position];
  return html`<section class="scrubber" aria-label="Where in the run">
<p class="at"><strong>${event === undefined ? '' : `${event.index} · ${timeText(event.atUs)}`}</strong> <span id="at-words">${event?.words ?? ''}</span></p>
<div class="needs-js">
<input type="range" id="scrub" min="0" max="${Math.max(0, events.length - 1)}" value="${position}" step="1" aria-label="Event">
<p class="moves">${MOVES.map(
    ([go, text, name, keys]) =>
      html`<button type="button" data-go="${go}" aria-keyshortcuts="${keys}" aria-label="${name}" title="${name} (${keys})"><span aria-hidden="true">${text}</span></button>`,
  )}</p>
<p class="keys dim small"><kbd>←</kbd> <kbd>→</kbd> event, with <kbd>Shift</kbd> ten; <kbd>p</kbd> <kbd>n</kbd> fault; <kbd>v</kbd> violation; <kbd>Home</kbd> <kbd>End</kbd></p>
<p id="at-said" class="unseen" role="status"></p>
</div>
</section>`;
}

function drawings(record: DebugRecord, past: ReadonlySet<number>, all: ReadonlySet<number>): Markup {
  const { eventsTotal, pastLeftOut, violations } = record;
  const isAll = past.size === all.size;
  const left = eventsTotal - all.size;
  const what = violations.length === 0 ? 'All that happened' : 'What led to it';
  const hidden =
    violations.length === 0 || isAll ? '' : ` The other ${all.size - past.size} did not lead to it.`;
  return html`<section class="drawing" aria-labelledby="drawing-title">
<h2 id="drawing-title">${what}</h2>
<p class="note">Time goes down, each column is a machine. <span id="shown-said">${past.size} of ${eventsTotal} events are shown.${hidden}</span>
${left > 0 && ` ${left} events far from the violation are not in this page.`}${pastLeftOut > 0 && ` Of what led to it, the first ${pastLeftOut} events are not in this page.`}</p>
${!isAll && html`<p class="tools needs-js"><button type="button" id="show-all" aria-pressed="false">Show everything</button></p>`}
<div id="shown">${diagram(record, past, `Space-time diagram: ${what.toLowerCase()}`)}</div>
${!isAll && html`<template id="everything">${trusted(asText(diagram(record, all, 'Space-time diagram: everything')))}</template>`}
${legend(record.events)}
</section>`;
}

function legend(events: readonly DebugEvent[]): Markup {
  const signs = new Set<Sign>(events.map(({ kind, outcome }) => signOf(kind, outcome)));
  const entries: readonly (readonly [string, string])[] = [
    ...(Object.keys(MEANINGS) as Sign[])
      .filter((sign) => signs.has(sign))
      .map((sign) => [markAt(sign, 0, 0), MEANINGS[sign]] as const),
    [flashAt(0, 0), 'a fault strikes'],
    [alarmAt(0, 0), 'an invariant breaks'],
    ['<path class="message copy" d="M-12,0H12"/>', 'dashed: a copy made by the network'],
    ['<rect class="span-down" x="-6" y="-12" width="12" height="24"/>', 'down'],
    ['<rect class="span-pause" x="-6" y="-12" width="12" height="24"/>', 'stands still'],
  ];
  return html`<ul class="legend">${entries.map(([sign, words]) => html`<li>${signAlone(sign)} ${words}</li>`)}</ul>`;
}

function tables(record: DebugRecord, past: ReadonlySet<number>): Markup {
  const columns = [
    { title: 'Event', isNumber: true, csv: 'event' },
    { title: 'Time', isNumber: true, csv: 'time_us' },
    { title: 'Where', csv: 'lane' },
    { title: 'What happened', csv: 'words' },
  ];
  const row = ({ index, atUs, lane, words }: DebugEvent) => {
    const notes = [
      ...record.faults.filter(({ event }) => event === index).map((fault) => `Fault: ${fault.words}`),
      ...record.violations
        .filter(({ event }) => event === index)
        .map(({ invariant, message }) => `Broken: ${invariant}: ${message}`),
    ];
    const text = html`${words}${notes.map((note) => html`<br><strong>${note}</strong>`)}`;
    const cell = { text, value: [words, ...notes].join(' | ') };
    return [index, { text: timeText(atUs), value: atUs }, record.lanes[lane]?.name ?? '', cell];
  };
  const table = (name: string, events: readonly DebugEvent[]): Markup =>
    dataTable({ name, columns, rows: events.map(row) });
  const led = record.events.filter(({ index }) => past.has(index));
  const isAll = led.length === record.events.length;
  return html`<section id="events" aria-labelledby="events-title"><h2 id="events-title">The events as a table</h2>
<details open><summary>${isAll ? `All ${led.length} events` : `The ${led.length} events that led to it`}</summary>${table('Events that led to the violation', led)}</details>
${!isAll && html`<details><summary>All ${record.events.length} events</summary>${table('All events', record.events)}</details>`}
</section>`;
}

function end({ sentence, policy, fingerprint }: DebugRecord): Markup {
  return html`<section aria-labelledby="run-title"><h2 id="run-title">The run</h2>
<p>${sentence}</p>
${lines([html`<dl class="pairs"><dt>Policy</dt><dd>${policy}</dd><dt>Fingerprint</dt><dd><code>${fingerprint}</code></dd></dl>`])}
<p class="tools"><button type="button" class="needs-js quiet" data-json="debug-record" data-file="debug.json">Save as JSON</button> ${copyButton(sentence, 'what happened, as a sentence')}</p>
</section>`;
}
