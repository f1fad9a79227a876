// The status page: a snapshot that reads without JavaScript, and goes on by itself with it: then it also draws the last
// minutes, as far as this page has watched them.
//
// S1. What the script writes is what was written before it, in the same words.
// S2. What has not changed is left as it is: somebody may be marking a command, to copy it.

import { commandAt, SERVER_URL_DEFAULT } from '../core/repair-command.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import { duration } from './duration.ts';
import { escaped, type Page } from './page.ts';
import type { StatusSnapshot, StuckSaga } from './status-snapshot.ts';

/** What is written at a place of the page, and what is drawn over time there, by the path of its number in a snapshot. */
interface Card {
  readonly id: string;
  readonly label: string;
  /** `ms`: told as a duration. */
  readonly unit: '/s' | 'ms' | '';
  read(snapshot: StatusSnapshot): number | null;
}

const CARDS: readonly Card[] = [
  { id: 'rate-created', label: 'created', unit: '/s', read: ({ perSecond }) => perSecond.created },
  { id: 'rate-ended', label: 'ended', unit: '/s', read: ({ perSecond }) => perSecond.ended },
  { id: 'p50', label: 'half end within', unit: 'ms', read: ({ latencyMs }) => latencyMs.p50 },
  { id: 'p99', label: '99 of 100 end within', unit: 'ms', read: ({ latencyMs }) => latencyMs.p99 },
  { id: 'memory', label: 'sagas in memory', unit: '', read: ({ engine }) => engine.sagasInMemory },
  { id: 'calls', label: 'calls under way', unit: '', read: ({ engine }) => engine.callsInFlight },
  { id: 'lag', label: 'event loop late by (p99)', unit: 'ms', read: ({ engine }) => engine.lagP99Ms },
];

const WAITING: Readonly<Record<string, string>> = { compensation_failed: 'needs a person' };

/** Of the cells of a saga that is stuck; said once above all, or in each where there is no room for columns. */
const STUCK_CELLS = ['Saga', 'Name', 'Status', 'Age', 'Why', 'What to do'] as const;

/** @param origin of the server, as its asker reaches it; undefined when that is not known */
export function statusPage(snapshot: StatusSnapshot, origin: string | undefined): Page {
  const { stuck, at, sagas, engine } = snapshot;
  const body = `<h1>sagastorm</h1>
<p class="dim"><span id="live">As of</span> <time id="at">${escaped(at)}</time> · engine
<b id="up">${engine.isUp ? 'running' : 'stopped'}</b> · <a href="/docs">API</a> · <a href="/metrics">metrics</a></p>
<h2>Sagas by state</h2>
<table class="bars">
<tbody>${SAGA_STATUSES.map((status) => stateRow(status, sagas)).join('\n')}</tbody>
<tfoot><tr><th scope="row">in all</th><td class="count" id="n-total">${sagas.total}</td><td></td></tr></tfoot>
</table>
<h2>Pace</h2>
<div class="cards">
${CARDS.map((card) => cardOf(card, snapshot)).join('\n')}
</div>
<h2>Stuck</h2>
<p><b id="person">${stuck.needPerson}</b> wait for a person (their undo was given up); <b id="late">${stuck.openTooLong}</b>
are open for more than ${duration(stuck.afterSeconds * 1_000_000)}; <b id="still">${stuck.notMoving}</b> of this server do not move.</p>
<table class="stacked" id="stuck-table"${stuck.sagas.length === 0 ? ' hidden' : ''}>
<thead><tr>${STUCK_CELLS.map((label) => `<th scope="col">${label}</th>`).join('')}</tr></thead>
<tbody id="stuck">${stuck.sagas.map((saga) => stuckRow(saga, at, origin)).join('')}</tbody>
</table>`;
  return { title: 'sagastorm', body, script: SCRIPT };
}

function stateRow(status: string, { total, byStatus }: StatusSnapshot['sagas']): string {
  const count = byStatus[status as keyof typeof byStatus];
  const label = WAITING[status] ?? status.replace('_', ' ');
  const width = total === 0 ? 0 : (100 * count) / total;
  return `<tr><th scope="row">${escaped(label)}</th><td class="count" id="n-${status}">${count}</td>
<td><svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect id="bar-${status}" height="1" width="${width.toFixed(2)}"/></svg></td></tr>`;
}

function cardOf({ id, label, unit, read }: Card, snapshot: StatusSnapshot): string {
  return `<div class="card"><b id="${id}">${escaped(worded(read(snapshot), unit))}</b><span>${escaped(label)}</span>
<svg class="course" viewBox="0 0 120 24" preserveAspectRatio="none" aria-hidden="true"><polyline id="course-${id}" points=""/></svg></div>`;
}

function worded(value: number | null, unit: Card['unit']): string {
  if (value === null) return '–';
  return unit === 'ms' ? duration(value * 1_000) : `${value}${unit}`;
}

function stuckRow(saga: StuckSaga, at: string, origin: string | undefined): string {
  const { id, name, status, createdAt, why, remedy, command } = saga;
  const cells = [id, name, status.replace('_', ' '), ageOf(createdAt, at), `It ${why}.`].map(escaped);
  const [advice, typed] =
    command === undefined
      ? [remedy]
      : [remedy.slice(0, -command.length), commandAt(command, origin ?? SERVER_URL_DEFAULT)];
  const toDo = escaped(advice) + (typed === undefined ? '' : `<code>${escaped(typed)}</code>`);
  const [first, ...rest] = [...cells, toDo].map((cell, i) => `data-label="${STUCK_CELLS[i]}">${cell}`);
  return `<tr><th scope="row" ${first}</th>${rest.map((cell) => `<td ${cell}</td>`).join('')}</tr>`;
}

function ageOf(createdAt: string, at: string): string {
  return duration(Math.max(0, Date.parse(at) - Date.parse(createdAt)) * 1_000);
}

/** Writes texts and numbers only, never HTML. S1, S2. */
const SCRIPT = `
'use strict';
const UNITS = ${JSON.stringify(Object.fromEntries(CARDS.map(({ id, unit }) => [id, unit])))};
const CELLS = ${JSON.stringify(STUCK_CELLS)};
const SHOWN = 120;
const duration = ${String(duration)};
const worded = (value, unit) => value === null ? '\u2013' : unit === 'ms' ? duration(value * 1000) : value + unit;
const course = {};
const at = (id) => document.getElementById(id);
const put = (id, text) => { at(id).textContent = text };
const draw = (id) => {
  const values = course[id];
  const most = Math.max(1, ...values);
  const x = (i) => 120 - (values.length - 1 - i) * (120 / (SHOWN - 1));
  at('course-' + id).setAttribute('points', values.map((v, i) => x(i).toFixed(1) + ',' + (23 - 22 * v / most).toFixed(1)).join(' '));
};
const make = (tag, members) => Object.assign(document.createElement(tag), members);
const rowOf = ({ id, name, status, createdAt, why, remedy, command }, now) => {
  const age = duration(Math.max(0, Date.parse(now) - Date.parse(createdAt)) * 1000);
  const row = make('tr', {});
  const advice = command === undefined ? remedy : remedy.slice(0, -command.length);
  for (const text of [id, name, status.replace('_', ' '), age, 'It ' + why + '.', advice]) {
    const cell = row.children.length === 0 ? make('th', { scope: 'row' }) : make('td', {});
    cell.dataset.label = CELLS[row.children.length];
    cell.textContent = text;
    row.append(cell);
  }
  const url = location.origin === '${SERVER_URL_DEFAULT}' ? '' : ' --url ' + location.origin;
  if (command !== undefined) row.lastChild.append(make('code', { textContent: command + url }));
  return row;
};
const renew = (row, fresh) => {
  for (const [i, cell] of [...fresh.cells].entries()) {
    if (row.cells[i].textContent !== cell.textContent) row.cells[i].replaceWith(cell);
  }
};
const showStuck = (sagas, now) => {
  const rows = sagas.map((saga) => rowOf(saga, now));
  const shown = [...at('stuck').rows];
  const isSame = rows.length === shown.length && rows.every((row, i) => row.cells[0].textContent === shown[i].cells[0].textContent);
  if (isSame) rows.forEach((row, i) => renew(shown[i], row));
  else at('stuck').replaceChildren(...rows);
};
const source = new EventSource('/api/events/stream');
source.onerror = () => put('live', 'Not connected, as of');
source.addEventListener('snapshot', ({ data }) => {
  const { at: time, sagas, perSecond, latencyMs, stuck, engine } = JSON.parse(data);
  put('live', 'Live, as of');
  put('at', time);
  put('up', engine.isUp ? 'running' : 'stopped');
  put('n-total', sagas.total);
  for (const [status, count] of Object.entries(sagas.byStatus)) {
    put('n-' + status, count);
    at('bar-' + status).setAttribute('width', sagas.total === 0 ? 0 : (100 * count / sagas.total).toFixed(2));
  }
  const numbers = {
    'rate-created': perSecond.created, 'rate-ended': perSecond.ended, p50: latencyMs.p50, p99: latencyMs.p99,
    memory: engine.sagasInMemory, calls: engine.callsInFlight, lag: engine.lagP99Ms,
  };
  for (const [id, value] of Object.entries(numbers)) {
    put(id, worded(value, UNITS[id]));
    (course[id] ??= []).push(value ?? 0);
    if (course[id].length > SHOWN) course[id].shift();
    draw(id);
  }
  put('late', stuck.openTooLong);
  put('person', stuck.needPerson);
  put('still', stuck.notMoving);
  at('stuck-table').hidden = stuck.sagas.length === 0;
  showStuck(stuck.sagas, time);
});
`;
