// The panel as it is drawn: tables of sagas, books and invariants, each cell with the key that the script writes to.
// Drawn at the violation, so that it says something without JavaScript, too.

import type { DebugRecord, DebugSaga } from '../../../simulator/debug-record.ts';
import { html, lines, type Markup } from '../markup.ts';
import { type Cells, cell, stateAt } from './panel.ts';

type State = ReturnType<typeof stateAt>;

/** More sagas than this are folded away. */
const SAGAS_OPEN = 3;

/** Sagas, books and invariants when the event at this position has happened. */
export function stateView(record: DebugRecord, cells: Cells, position: number): Markup {
  const state = stateAt(cells, position);
  const first = record.violations[0]?.saga;
  const sagas = [...record.sagas].sort((a, b) => Number(b.id === first) - Number(a.id === first));
  const rest = sagas.slice(SAGAS_OPEN);
  return html`<h3>Sagas</h3>
<p class="note">The log is what the engine believes; the books are what the services really did.</p>
${lines(sagas.slice(0, SAGAS_OPEN).map((saga) => sagaTable(saga, state)))}
${
  rest.length > 0 &&
  html`<details><summary>${rest.length} more sagas</summary>${lines(rest.map((saga) => sagaTable(saga, state)))}</details>`
}
${books(record, state)}
${invariants(record, state)}`;
}

function sagaTable({ id, definition, steps }: DebugSaga, state: State): Markup {
  return html`<table class="state-table"><caption>${id} <span class="dim">${definition}</span> · log says <strong>${slot(cell.saga(id), state)}</strong></caption>
<thead><tr><th scope="col">Step</th><th scope="col">Log says</th><th scope="col">Books say</th></tr></thead>
<tbody>${steps.map(
    ({ name, service }) =>
      html`<tr><th scope="row">${name}<span class="dim small"> ${service}</span></th><td>${slot(cell.log(id, name), state)}</td><td>${slot(cell.books(id, name), state)}</td></tr>`,
  )}</tbody></table>`;
}

/** Accounts and stock that something changes in this run. */
function books({ opening: { balances, stock } }: DebugRecord, state: State): Markup {
  if (balances.length + stock.length === 0) return html``;
  return html`<h3>Balances and stock</h3>
${
  balances.length > 0 &&
  html`<table class="state-table"><caption>Accounts, in minor units</caption>
<thead><tr><th scope="col">Account</th><th scope="col" class="number">Balance</th></tr></thead>
<tbody>${balances.map(
    ({ service, account }) =>
      html`<tr><th scope="row">${account}<span class="dim small"> ${service}</span></th><td class="number">${slot(cell.balance(service, account), state)}</td></tr>`,
  )}</tbody></table>`
}
${
  stock.length > 0 &&
  html`<table class="state-table"><caption>Stock</caption>
<thead><tr><th scope="col">Item</th><th scope="col" class="number">On hand</th><th scope="col" class="number">Reserved</th><th scope="col" class="number">Sold</th></tr></thead>
<tbody>${stock.map(
    ({ service, item }) =>
      html`<tr><th scope="row">${item}<span class="dim small"> ${service}</span></th>${(
        ['onHand', 'reserved', 'sold'] as const
      ).map((part) => html`<td class="number">${slot(cell.stock(service, item, part), state)}</td>`)}</tr>`,
  )}</tbody></table>`
}`;
}

function invariants({ invariants: all }: DebugRecord, state: State): Markup {
  const violated = all.filter((one) => one.state === 'violated');
  const rest = all.filter((one) => one.state !== 'violated');
  const row = ({ id, statement }: (typeof all)[number]): Markup =>
    html`<dt>${id}<span class="dim small"> ${statement}</span></dt><dd>${slot(cell.invariant(id), state)}</dd>`;
  return html`<h3>Invariants</h3>
<dl class="said-by">${violated.map(row)}</dl>
<details><summary>${rest.length} that hold to the end</summary><dl class="said-by">${rest.map(row)}</dl></details>`;
}

function slot(key: string, state: State): Markup {
  const { text, isAmiss, isChanged } = state.get(key) ?? { text: '', isAmiss: false, isChanged: false };
  const look = `slot${isAmiss ? ' amiss' : ''}${isChanged ? ' changed' : ''}`;
  return html`<span class="${look}" data-cell="${key}">${text}</span>`;
}
