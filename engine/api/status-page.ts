// The status page: a snapshot that reads without JavaScript, and goes on by itself with it.

import { escaped, type Page } from './page.ts';
import { SAGA_STATUSES } from './schemas.ts';
import type { StatusSnapshot, StuckSaga } from './status-snapshot.ts';

/** Every number that changes, by the id of its place. */
function numbersOf({
  sagas,
  perSecond,
  latencyMs,
  stuck,
  engine,
}: StatusSnapshot): Readonly<Record<string, string>> {
  const shown = (value: number | null, unit: string): string => (value === null ? '–' : `${value}${unit}`);
  return {
    total: `${sagas.total}`,
    ...Object.fromEntries(SAGA_STATUSES.map((status) => [status, `${sagas.byStatus[status]}`])),
    created: shown(perSecond.created, '/s'),
    ended: shown(perSecond.ended, '/s'),
    p50: shown(latencyMs.p50, ' ms'),
    p99: shown(latencyMs.p99, ' ms'),
    late: `${stuck.openTooLong}`,
    person: `${stuck.needPerson}`,
    memory: `${engine.sagasInMemory}`,
    calls: `${engine.callsInFlight}`,
    lag: `${engine.lagP99Ms} ms`,
    up: engine.isUp ? 'running' : 'stopped',
  };
}

const GROUPS: readonly (readonly [
  heading: string,
  cards: readonly (readonly [id: string, label: string])[],
])[] = [
  [
    'Sagas',
    [['total', 'in all'], ...SAGA_STATUSES.map((status) => [status, status.replace('_', ' ')] as const)],
  ],
  [
    'Pace',
    [
      ['created', 'begun'],
      ['ended', 'ended'],
      ['p50', 'half end within'],
      ['p99', '99 of 100 end within'],
    ],
  ],
  [
    'Engine',
    [
      ['up', 'engine'],
      ['memory', 'sagas in memory'],
      ['calls', 'calls under way'],
      ['lag', 'event loop, p99'],
    ],
  ],
];

export function statusPage(snapshot: StatusSnapshot): Page {
  const numbers = numbersOf(snapshot);
  const groups = GROUPS.map(([heading, cards]) => {
    const list = cards.map(([id, label]) => {
      return `<div class="card"><b id="${id}">${escaped(numbers[id])}</b><span>${escaped(label)}</span></div>`;
    });
    return `<h2>${heading}</h2>\n<div class="cards">\n${list.join('\n')}\n</div>`;
  });
  const { stuck, at } = snapshot;
  const body = `<h1>sagastorm</h1>
<p class="dim"><span id="live">As of</span> <time id="at">${escaped(at)}</time> · <a href="/docs">API</a> ·
<a href="/metrics">metrics</a></p>
${groups.join('\n')}
<h2>Stuck</h2>
<p><b id="person">${numbers.person}</b> wait for a person (their undo was given up); <b id="late">${numbers.late}</b>
are open for more than ${escaped(stuck.afterSeconds)} seconds.</p>
<table>
<thead><tr><th scope="col">Saga</th><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Age</th></tr></thead>
<tbody id="stuck">${stuck.sagas.map(stuckRow).join('')}</tbody>
</table>`;
  return { title: 'sagastorm', body, script: SCRIPT };
}

function stuckRow({ id, name, status, ageSeconds }: StuckSaga): string {
  const cells = [id, name, status.replace('_', ' '), `${ageSeconds} s`];
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
}

/** Writes texts only, never HTML. */
const SCRIPT = `
'use strict';
const put = (id, text) => { document.getElementById(id).textContent = text };
const shown = (value, unit) => value === null ? '\\u2013' : value + unit;
const source = new EventSource('/api/events/stream');
source.onerror = () => put('live', 'Not connected, as of');
source.addEventListener('snapshot', ({ data }) => {
  const { at, sagas, perSecond, latencyMs, stuck, engine } = JSON.parse(data);
  put('live', 'Live, as of');
  put('at', at);
  put('total', sagas.total);
  for (const [status, count] of Object.entries(sagas.byStatus)) put(status, count);
  put('created', shown(perSecond.created, '/s'));
  put('ended', shown(perSecond.ended, '/s'));
  put('p50', shown(latencyMs.p50, ' ms'));
  put('p99', shown(latencyMs.p99, ' ms'));
  put('late', stuck.openTooLong);
  put('person', stuck.needPerson);
  put('memory', engine.sagasInMemory);
  put('calls', engine.callsInFlight);
  put('lag', engine.lagP99Ms + ' ms');
  put('up', engine.isUp ? 'running' : 'stopped');
  document.getElementById('stuck').replaceChildren(...stuck.sagas.map((saga) => {
    const row = document.createElement('tr');
    for (const text of [saga.id, saga.name, saga.status.replace('_', ' '), saga.ageSeconds + ' s']) {
      row.append(Object.assign(document.createElement('td'), { textContent: text }));
    }
    return row;
  }));
});
`;
