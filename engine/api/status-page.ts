// The status page: a snapshot that reads without JavaScript, and goes on by itself with it: then it also draws the last
// minutes, as far as this page has watched them.

import { SAGA_STATUSES } from '../core/saga-status.ts';
import { escaped, type Page } from './page.ts';
import type { StatusSnapshot, StuckSaga } from './status-snapshot.ts';

/** What is written at a place of the page, and what is drawn over time there, by the path of its number in a snapshot. */
interface Card {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  read(snapshot: StatusSnapshot): number | null;
}

const CARDS: readonly Card[] = [
  { id: 'rate-created', label: 'created', unit: '/s', read: ({ perSecond }) => perSecond.created },
  { id: 'rate-ended', label: 'ended', unit: '/s', read: ({ perSecond }) => perSecond.ended },
  { id: 'p50', label: 'half end within', unit: ' ms', read: ({ latencyMs }) => latencyMs.p50 },
  { id: 'p99', label: '99 of 100 end within', unit: ' ms', read: ({ latencyMs }) => latencyMs.p99 },
  { id: 'memory', label: 'sagas in memory', unit: '', read: ({ engine }) => engine.sagasInMemory },
  { id: 'calls', label: 'calls under way', unit: '', read: ({ engine }) => engine.callsInFlight },
  { id: 'lag', label: 'event loop late by (p99)', unit: ' ms', read: ({ engine }) => engine.lagP99Ms },
];

const WAITING: Readonly<Record<string, string>> = { compensation_failed: 'needs a person' };

export function statusPage(snapshot: StatusSnapshot): Page {
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
are open for more than ${escaped(stuck.afterSeconds)} seconds; <b id="still">${stuck.notMoving}</b> of this server do not move.</p>
<table id="stuck-table"${stuck.sagas.length === 0 ? ' hidden' : ''}>
<thead><tr><th scope="col">Saga</th><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Age</th><th scope="col">Why</th><th scope="col">What to do</th></tr></thead>
<tbody id="stuck">${stuck.sagas.map(stuckRow).join('')}</tbody>
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
  const value = read(snapshot);
  return `<div class="card"><b id="${id}">${value === null ? '–' : escaped(`${value}${unit}`)}</b><span>${escaped(label)}</span>
<svg class="course" viewBox="0 0 120 24" preserveAspectRatio="none" aria-hidden="true"><polyline id="course-${id}" points=""/></svg></div>`;
}

function stuckRow({ id, name, status, ageSeconds, why, remedy }: StuckSaga): string {
  const cells = [id, name, status.replace('_', ' '), `${ageSeconds} s`, `It ${why}.`, remedy];
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
}

/** Writes texts and numbers only, never HTML. */
const SCRIPT = `
'use strict';
const UNITS = ${JSON.stringify(Object.fromEntries(CARDS.map(({ id, unit }) => [id, unit])))};
const SHOWN = 120;
const course = {};
const at = (id) => document.getElementById(id);
const put = (id, text) => { at(id).textContent = text };
const draw = (id) => {
  const values = course[id];
  const most = Math.max(1, ...values);
  const x = (i) => 120 - (values.length - 1 - i) * (120 / (SHOWN - 1));
  at('course-' + id).setAttribute('points', values.map((v, i) => x(i).toFixed(1) + ',' + (23 - 22 * v / most).toFixed(1)).join(' '));
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
    put(id, value === null ? '\\u2013' : value + UNITS[id]);
    (course[id] ??= []).push(value ?? 0);
    if (course[id].length > SHOWN) course[id].shift();
    draw(id);
  }
  put('late', stuck.openTooLong);
  put('person', stuck.needPerson);
  put('still', stuck.notMoving);
  at('stuck-table').hidden = stuck.sagas.length === 0;
  at('stuck').replaceChildren(...stuck.sagas.map((saga) => {
    const row = document.createElement('tr');
    for (const text of [saga.id, saga.name, saga.status.replace('_', ' '), saga.ageSeconds + ' s', 'It ' + saga.why + '.', saga.remedy]) {
      row.append(Object.assign(document.createElement('td'), { textContent: text }));
    }
    return row;
  }));
});
`;
