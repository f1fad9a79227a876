// The figures of a campaign at a glance, and what was run.

import type { RunRecord } from '../../../simulator/run-record.ts';
import { counted, duration, number, percent } from '../../wording.ts';
import { html, type Markup } from '../markup.ts';
import { extent, VERDICTS } from './verdict.ts';

/** The name of the page, and what was run how. */
export function masthead(record: RunRecord): Markup {
  const { scenario, rootSeed, profile, protocol, policy, runs, explored, live, version } = record;
  const facts = [
    extent(record),
    `${runs.total === 1 ? 'seed' : 'root seed'} “${rootSeed}”`,
    explored === undefined ? `${profile} profile` : 'every fault',
    ...(protocol === undefined ? [] : [protocol]),
    `${policy} policy`,
    ...(live === undefined ? [] : ['for real']),
    `sagastorm ${version}`,
  ];
  return html`<header class="masthead"><h1>${scenario}</h1><p>${facts.join(' · ')}</p></header>`;
}

/** What a window is called. */
export function titleOf({ scenario, verdict, rootSeed }: RunRecord): string {
  const { sign, words } = VERDICTS[verdict];
  return `${sign} ${words}: ${scenario}, seed ${rootSeed} · sagastorm`;
}

/** `virtual` or `real`. */
export function timeWord({ live }: Pick<RunRecord, 'live'>): string {
  return live === undefined ? 'virtual' : 'real';
}

export function figures(record: RunRecord): Markup {
  const { sagas, latencyUs, invariants, slo, coverage } = record;
  const judged = invariants.filter(({ state }) => state !== 'not-exercised').length;
  const held = invariants.filter(({ state }) => state === 'held').length;
  const met = slo?.filter(({ state }) => state === 'met').length;
  const hasTimes = latencyUs.saga.count > 0;
  const facts: readonly (readonly [string, string, string])[] = [
    ['Invariants', `${held} of ${judged}`, 'held'],
    ...(slo === undefined ? [] : [['Service levels', `${met} of ${slo.length}`, 'met'] as const]),
    [
      'Completed',
      sagas.started === 0 ? '–' : percent(sagas.completed / sagas.started),
      `of ${counted(sagas.started, 'saga')}`,
    ],
    ['Half end within', hasTimes ? duration(latencyUs.saga.p50) : '–', `${timeWord(record)} time`],
    ['99 % end within', hasTimes ? duration(latencyUs.saga.p99) : '–', `${timeWord(record)} time`],
    hurt(record),
    ...(coverage.cells === 0
      ? []
      : [['Coverage', `${coverage.hit} of ${coverage.cells}`, 'phases × faults'] as const]),
  ];
  return html`<dl class="facts">${facts.map(
    ([name, value, more]) => html`<div><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>`,
  )}</dl>`;
}

/** What was done to it. */
function hurt({ faults, load }: RunRecord): readonly [string, string, string] {
  const counts = Object.values(faults.delivered);
  const incidents = load?.incidents ?? [];
  if (counts.length === 0 && incidents.length > 0) {
    const requests = incidents.reduce((sum, { requestsHurt }) => sum + requestsHurt, 0);
    return ['Incidents', number(incidents.length), `hurt ${counted(requests, 'request')}`];
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return [
    'Faults',
    number(total),
    counts.length === 0 ? 'none was asked for' : `of ${counted(counts.length, 'kind')}`,
  ];
}
