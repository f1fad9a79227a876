// The debugger's page as text: what it says without a browser, that it needs nothing, and that nothing in a record can
// pose as markup.

import { expect, test } from 'vitest';
import { layoutOf, NARROW, WIDE } from '../../../reports/html/debug/layout.ts';
import { mermaid } from '../../../reports/html/debug/mermaid.ts';
import { renderDebugger } from '../../../reports/html/debug/page.ts';
import { cell, cellsOf, stateAt } from '../../../reports/html/debug/panel.ts';
import { smallRecord } from './debug-record.ts';

const record = smallRecord();
const page = renderDebugger(record);
/** Without scripts and data: what is read where JavaScript does not run. */
const plain = page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<template[\s\S]*?<\/template>/g, '');

test('equal records give equal bytes', () => {
  expect(renderDebugger(smallRecord())).toBe(page);
  expect(renderDebugger(smallRecord({ seed: 'a/2' }))).not.toBe(page);
});

test('the failure comes first: what broke, what should hold, what struck, and how to run it again', () => {
  const places = [
    'all-or-nothing: half (saga s-1)',
    'All or nothing',
    'the answer is lost',
    'npx sagastorm replay',
    '<svg class="lanes"',
  ];
  const at = places.map((text) => plain.indexOf(text));
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(at.every((place) => place >= 0)).toBe(true);
});

test('without JavaScript the past is there as a drawing and as a table, with the state at the violation', () => {
  for (const index of record.past) {
    expect(plain).toContain(`id="event-${index}"`);
    expect(plain).toContain(`words of ${index}`);
    expect(plain).toContain(`brief of ${index}`);
  }
  expect(plain).not.toContain('id="event-6"'); // had no part in it
  expect(plain).toContain('data-cell="books/s-1/stock">booked once: stands');
  expect(plain).toContain('data-cell="log/s-1/stock">unknown');
});

test('it asks nothing of a network, a folder or another file', () => {
  expect(plain).not.toMatch(/(src|href)="(?!#)/);
  expect(page).not.toMatch(/url\((?!#)/);
  expect(page).not.toMatch(/\b(import|fetch)\s*\(/);
});

test('a lost message ends in a cross, and is no arrow', () => {
  expect(plain.match(/class="m-lost"/g)).toHaveLength(3); // wide, narrow, legend
  expect(plain.match(/class="message reply" d=/g)).toHaveLength(2);
  expect(plain).not.toContain('class="message reply" marker-end');
});

test('a copy that the network made is dashed, and an answer that was turned away still goes there and back', () => {
  const copied = renderDebugger(
    smallRecord({
      messages: [
        { kind: 'request', from: 2, to: 3, toLane: 2, isCopy: true },
        { kind: 'reply', from: 2, to: 7, toLane: 1, turnedAway: true },
      ],
    }),
  );
  expect(copied).toContain('class="message request copy" marker-end');
});

test('text of a record can pose as no markup, in the page or in its data', () => {
  const evil = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'&';
  const hostile = renderDebugger(
    smallRecord({
      scenario: evil,
      seed: evil,
      replay: evil,
      test: evil,
      sentence: evil,
      events: record.events.map((event) => ({ ...event, words: evil, brief: evil, step: evil })),
      faults: record.faults.map((fault) => ({ ...fault, words: evil })),
      violations: record.violations.map((violation) => ({ ...violation, message: evil, saga: evil })),
      lanes: record.lanes.map((lane) => ({ ...lane, name: evil })),
    }),
  );
  expect(hostile).not.toContain('<img');
  expect(hostile.match(/<script/g)).toHaveLength(page.match(/<script/g)!.length);
});

test('a run that held says so', () => {
  const held = renderDebugger(
    smallRecord({ violations: [], past: [], faults: [], sentence: 'Every invariant held.' }),
  );
  expect(held).toContain('This run held');
  expect(held).toContain('Every invariant held.');
});

test('what was left out is said', () => {
  const cut = renderDebugger(smallRecord({ eventsTotal: 5_000, pastLeftOut: 12 }));
  expect(cut).toContain('4992 events far from the violation are not in this page');
  expect(cut).toContain('the first 12 events are not in this page');
});

const cells = cellsOf(record);
const textAt = (position: number, key: string) => stateAt(cells, position).get(key);

test('before the first change the cells hold the opening', () => {
  expect(textAt(0, cell.saga('s-1'))?.text).toBe('not asked for');
  expect(textAt(0, cell.stock('inventory', 'lamp', 'onHand'))?.text).toBe('9');
  expect(textAt(0, cell.balance('bank', 'alice'))?.text).toBe('−1,234,567');
});

test('an event changes the cells that it changes, and marks them while it is looked at', () => {
  const key = cell.stock('inventory', 'lamp', 'reserved');
  expect([3, 4, 5].map((at) => textAt(at, key))).toEqual([
    { text: '0', isAmiss: false, isChanged: false },
    { text: '1', isAmiss: false, isChanged: true },
    { text: '1', isAmiss: false, isChanged: false },
  ]);
});

test('a step whose effect stands although its saga failed differs, and not before', () => {
  const key = cell.books('s-1', 'stock');
  expect([3, 4, 7].map((at) => textAt(at, key)?.isAmiss)).toEqual([false, false, true]);
});

test('a step without effects differs from no books: it has nothing to book', () => {
  const key = cell.books('s-1', 'stock');
  const applied = { kind: 'step', saga: 's-1', step: 'stock', status: 'applied', attempt: 1 } as const;
  const at = (effects: { readonly effects?: 'none' }) => {
    const steps = [{ name: 'stock', service: 'inventory', ...effects }];
    const sagas = [{ id: 's-1', definition: 'purchase', steps }];
    const [event] = record.events;
    const events = [{ ...event!, changes: [applied] }];
    return stateAt(cellsOf(smallRecord({ sagas, events })), 0).get(key);
  };
  expect(at({})).toMatchObject({ text: 'nothing', isAmiss: true });
  expect(at({ effects: 'none' })).toMatchObject({ text: 'nothing to book', isAmiss: false });
});

test('an invariant holds until it is broken, and one with nothing to judge says so', () => {
  const said = (at: number) => textAt(at, cell.invariant('all-or-nothing'))?.text;
  expect([said(6), said(7)]).toEqual(['holds so far', 'broken at event 7: s-1: half']);
  expect(textAt(7, cell.invariant('isolation'))?.text).toBe('nothing to judge');
});

test('rows follow one another without a gap, whatever is said in them', () => {
  for (const proportions of [WIDE, NARROW]) {
    const { rows, height, lanes } = layoutOf(record, new Set(record.past), proportions);
    for (const [i, row] of rows.entries()) {
      if (i > 0) expect(row.top).toBe(rows[i - 1]!.top + rows[i - 1]!.height);
      expect(row.y).toBeGreaterThan(row.top);
    }
    expect(height).toBeGreaterThan(rows.at(-1)!.top + rows.at(-1)!.height);
    expect([...lanes.values()].map(({ name }) => name)).toEqual(['clients', 'orchestrator-0', 'inventory']);
  }
});

test('the Mermaid diagram has a line for every message, fault and violation', () => {
  expect(mermaid(record).split('\n')).toEqual([
    'sequenceDiagram',
    '  participant L0 as clients',
    '  participant L1 as orchestrator-0',
    '  participant L2 as inventory',
    '  Note over L0: brief of 0',
    '  L0->>L1: brief of 1',
    '  L1->>L2: brief of 3',
    '  Note over L2: brief of 4',
    '  L2-xL1: brief of 5',
    '  Note over L2: FAULT the answer is lost',
    '  Note over L1: brief of 7',
    '  Note over L1: BROKEN all-or-nothing, half',
    '',
  ]);
});

test('signs that mean something to Mermaid are put otherwise', () => {
  const events = record.events.map((event) => ({ ...event, brief: 'a; b: c #3' }));
  expect(mermaid({ ...record, events })).toContain('L1->>L2: a, b – c no. 3');
});
