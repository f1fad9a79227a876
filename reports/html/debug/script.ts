// What the debugger's page does where JavaScript runs: goes through the events, and writes the state of each into the cells.
//
// G1. The place in the run is a position among all events of the record; where only the past is shown, steps go from one
//     shown event to the next.
// G2. Keys are taken only where they have no meaning of their own: not while something is typed, and arrows not while
//     something scrolls.

/** Runs in the page as it is, after the script of all pages. */
export const DEBUG_SCRIPT = `'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(byId(id).textContent);
  const { events, past, faults, violations } = read('debug-record');
  const { initial, writes } = read('debug-cells');
  if (events.length === 0) return;
  const scrub = byId('scrub');
  const shownBox = byId('shown');
  const showAll = byId('show-all');
  const positions = new Map(events.map(({ index }, position) => [index, position]));
  const struck = [...new Set(faults.map(({ event }) => positions.get(event)))]
    .filter((position) => position !== undefined).sort((a, b) => a - b);
  const violation = positions.get(violations[0]?.event) ?? events.length - 1;
  const pastOnly = past.length === 0 ? events.map((_, i) => i) : past.map((index) => positions.get(index));
  const everything = events.map((_, i) => i);
  const cells = new Map();
  for (const place of document.querySelectorAll('[data-cell]')) cells.set(place.dataset.cell, place);
  let shown = pastOnly;
  let at = violation;

  const timeText = (us) => Math.floor(us / 1e6) + '.' + String(us % 1e6).padStart(6, '0').slice(0, 3) + ' s';

  /** Everything up to the position, in order: later writes win. */
  const writeCells = () => {
    const now = new Map(Object.entries(initial).map(([key, text]) => [key, { text }]));
    for (const [position, key, text, amiss] of writes) {
      if (position > at) break;
      const changed = position === at && now.get(key)?.text !== text;
      now.set(key, { text, amiss: amiss === 1, changed: changed || (position === at && now.get(key)?.changed) });
    }
    for (const [key, { text, amiss, changed }] of now) {
      const place = cells.get(key);
      if (!place) continue;
      if (place.textContent !== text) place.textContent = text;
      place.classList.toggle('amiss', amiss === true);
      place.classList.toggle('changed', changed === true);
    }
  };

  const notesAt = (index) => [
    ...faults.filter(({ event }) => event === index).map(({ words }) => 'Fault: ' + words + '.'),
    ...violations.filter(({ event }) => event === index).map(({ invariant, message }) => 'Broken: ' + invariant + ': ' + message + '.'),
  ];

  const markRow = (scrolls) => {
    const { index } = events[at];
    for (const drawing of shownBox.querySelectorAll('.lanes')) {
      const row = drawing.querySelector('[data-event="' + index + '"] rect');
      const cursor = drawing.querySelector('.cursor');
      cursor.setAttribute('y', row ? row.getAttribute('y') : '-100');
      cursor.setAttribute('height', row ? row.getAttribute('height') : '20');
      if (!row || !scrolls || drawing.getBoundingClientRect().width === 0) continue;
      const { top, bottom } = row.getBoundingClientRect();
      const by = top < 260 ? top - 260 : Math.max(0, bottom + 60 - innerHeight);
      scrollBy({ top: by, behavior: 'instant' });
    }
  };

  /** The address names the event, without a step in the history for each. */
  const nameAddress = () => {
    const hash = '#event-' + events[at].index;
    if (location.hash === hash) return;
    try {
      history.replaceState(null, '', hash);
    } catch {
      // a page from disk may not, in some browsers: then it can still be linked to by hand
    }
  };

  const show = (position, { names = true, scrolls = true } = {}) => {
    at = Math.min(Math.max(position, 0), events.length - 1);
    const { index, atUs, words } = events[at];
    const text = [words, ...notesAt(index)].join('. ').replace('.. ', '. ');
    scrub.value = String(at);
    scrub.setAttribute('aria-valuetext', 'Event ' + index + ', ' + timeText(atUs) + ': ' + text);
    document.querySelector('.scrubber .at strong').textContent = index + ' · ' + timeText(atUs);
    byId('at-words').textContent = text;
    byId('at-number').textContent = String(index);
    if (document.activeElement !== scrub) byId('at-said').textContent = 'Event ' + index + ': ' + text;
    writeCells();
    markRow(scrolls);
    if (names) nameAddress();
  };

  /** G1. */
  const step = (by) => {
    if (by > 0) {
      const next = shown.filter((position) => position > at);
      return next[Math.min(by, next.length) - 1] ?? at;
    }
    const before = shown.filter((position) => position < at);
    return before[Math.max(before.length + by, 0)] ?? at;
  };
  const go = {
    first: () => shown[0],
    last: () => shown.at(-1),
    back: () => step(-1),
    on: () => step(1),
    'ten-back': () => step(-10),
    'ten-on': () => step(10),
    'fault-before': () => struck.findLast((position) => position < at) ?? at,
    'fault-after': () => struck.find((position) => position > at) ?? at,
    violation: () => violation,
  };

  const drawn = shownBox.innerHTML;
  const setShown = (all) => {
    if (!showAll) return;
    shown = all ? everything : pastOnly;
    showAll.setAttribute('aria-pressed', String(all));
    showAll.textContent = all ? 'Show only what led to it' : 'Show everything';
    if (all) shownBox.replaceChildren(byId('everything').content.cloneNode(true));
    else shownBox.innerHTML = drawn;
    byId('shown-said').textContent = shown.length + ' events are shown.';
  };

  /** A fault or a link can lead to an event that had no part in it. */
  const visit = (position, options) => {
    if (!shown.includes(position)) setShown(true);
    show(position, options);
  };

  const KEYS = { n: 'fault-after', p: 'fault-before', v: 'violation' };
  const MOVES = { ArrowLeft: ['back', 'ten-back'], ArrowRight: ['on', 'ten-on'], Home: ['first', 'first'], End: ['last', 'last'] };
  addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey || altKey || !(target instanceof Element)) return;
    if (target.matches('input:not([type=range]), textarea, select, [contenteditable]')) return; // G2
    const scrollsItself = target.closest('.table, code, summary') !== null;
    const move = KEYS[key.toLowerCase()] ?? (scrollsItself ? undefined : MOVES[key]?.[shiftKey ? 1 : 0]);
    if (move === undefined) return;
    event.preventDefault();
    visit(go[move]());
  });
  addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest('[data-go]');
    if (button) visit(go[button.dataset.go]());
    const row = event.target.closest('.row');
    if (row) show(positions.get(Number(row.dataset.event)), { scrolls: false });
    const link = event.target.closest('a[href^="#event-"]');
    if (link) {
      event.preventDefault();
      fromHash(link.getAttribute('href'));
    }
  });
  scrub.addEventListener('input', () => {
    const wanted = Number(scrub.value);
    show(shown.reduce((best, position) => Math.abs(position - wanted) < Math.abs(best - wanted) ? position : best));
  });
  showAll?.addEventListener('click', () => {
    setShown(showAll.getAttribute('aria-pressed') !== 'true');
    if (!shown.includes(at)) at = violation;
    show(at);
  });

  const fromHash = (hash) => {
    const index = /^#event-(\\d+)$/.exec(hash)?.[1];
    const position = index === undefined ? undefined : positions.get(Number(index));
    if (position !== undefined) visit(position);
    return position !== undefined;
  };
  addEventListener('hashchange', () => fromHash(location.hash));
  if (!fromHash(location.hash)) show(violation, { names: false, scrolls: false });
})();
`;
