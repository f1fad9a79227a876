// What every page can do where JavaScript runs: copy, deep links, downloads, tables for print. Without it nothing is
// missing but these. The text is checked as JavaScript by the tests.
//
// J1. It adds nothing to read, only ways to go and to take away.
// J2. What it did is said in #said, for those who do not see it.

/** Runs in the page as it is. */
export const PAGE_SCRIPT = `'use strict';
(() => {
  const root = document.documentElement;
  root.classList.add('js');

  /** @param {string} text */
  const say = (text) => {
    const place = document.getElementById('said');
    if (place) place.textContent = text;
  };

  /** Older browsers, and pages that may not use the clipboard. @param {string} text */
  const copyBySelection = (text) => {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  };

  /** @param {string} text */
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelection(text);
    }
  };

  /** @param {HTMLElement} button */
  const onCopy = async (button) => {
    const done = await copy(button.dataset.copy ?? '');
    button.focus();
    say(done ? 'Copied.' : 'Not copied: the browser does not allow it.');
    button.dataset.done = done ? 'yes' : 'no';
    setTimeout(() => delete button.dataset.done, 2000);
  };

  /** @param {string} name @param {string} type @param {string} text */
  const save = (name, type, text) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say('Saved ' + name + '.');
  };

  /** @param {string} id */
  const dataOf = (id) => JSON.parse(document.getElementById(id)?.textContent ?? 'null');

  /** The data of an element, with what the meta block has of it: its last member, or several. @param {HTMLElement} button */
  const onJson = (button) => {
    const { json = '', jsonMeta, jsonRest, file = 'data.json' } = button.dataset;
    const data = dataOf(json);
    const meta = jsonMeta === undefined ? {} : { meta: dataOf(jsonMeta) };
    const whole = { ...data, ...meta, ...(jsonRest === undefined ? {} : dataOf(jsonRest)) };
    save(file, 'application/json', JSON.stringify(whole, undefined, 2) + '\\n');
  };

  /** No text becomes a formula in a program that opens the file. @param {string} text */
  const csvField = (text) => {
    const safe = /^[=+@\\t-]/.test(text) && Number.isNaN(Number(text)) ? "'" + text : text;
    return /[",\\r\\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  };

  /** @param {HTMLTableElement} table */
  const csvOf = (table) =>
    [...table.rows]
      .map((row) =>
        [...row.cells]
          .map((cell) => csvField((cell.dataset.csvName ?? cell.dataset.value ?? cell.innerText).trim()))
          .join(','),
      )
      .join('\\r\\n') + '\\r\\n';

  /** @param {HTMLElement} button */
  const onCsv = (button) => {
    const table = button.closest('p')?.previousElementSibling?.querySelector('table');
    if (!table) return;
    const name = (table.dataset.name ?? 'table').toLowerCase().replace(/[^a-z0-9]+/g, '-');
    save(name + '.csv', 'text/csv', csvOf(table));
  };

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button === null) return;
    if (button.dataset.copy !== undefined) onCopy(button);
    else if (button.dataset.json !== undefined) onJson(button);
    else if (button.dataset.csv !== undefined) onCsv(button);
  });

  /** What the address names is opened, shown and focused. */
  const go = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null) return;
    for (let at = /** @type {Element | null} */ (target); at; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
    if (target.tabIndex < 0 && !target.hasAttribute('tabindex')) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView();
  };
  addEventListener('hashchange', go);
  go();

  /** @type {HTMLDetailsElement[]} */
  let openedForPrint = [];
  addEventListener('beforeprint', () => {
    openedForPrint = [...document.querySelectorAll('details')].filter((one) => !one.open);
    for (const one of openedForPrint) one.open = true;
  });
  addEventListener('afterprint', () => {
    for (const one of openedForPrint) one.open = false;
  });
})();
`;
