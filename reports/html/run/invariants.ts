// What was judged: each invariant in words, and how it came out; and what must be true at least once.

import type { RunRecord } from '../../../simulator/run-record.ts';
import { counted, number } from '../../wording.ts';
import { type Cell, dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';
import type { Tone } from './verdict.ts';

type State = RunRecord['invariants'][number]['state'];

const STATES: Readonly<
  Record<State, { readonly sign: string; readonly words: string; readonly tone: Tone }>
> = {
  violated: { sign: '✗', words: 'violated', tone: 'bad' },
  held: { sign: '✓', words: 'held', tone: 'ok' },
  'not-exercised': { sign: '○', words: 'nothing to judge', tone: 'none' },
};
const ORDER: readonly State[] = ['violated', 'held', 'not-exercised'];

export function invariantsSection(record: RunRecord): Section {
  const { invariants, violations } = record;
  const sorted = ORDER.flatMap((state) => invariants.filter((one) => one.state === state));
  const rows = sorted.map(({ id, statement, state }): readonly Cell[] => {
    const failure = violations.findIndex((one) => one.invariant === id || one.also?.includes(id) === true);
    const link =
      failure < 0 ? undefined : html`<br><a href="#failure-${failure + 1}">failure ${failure + 1}</a>`;
    return [
      { text: html`${id}<span class="sub">${statement}</span>`, value: `${id}: ${statement}` },
      { text: html`${sign(STATES[state])}${link}`, value: STATES[state].words },
    ];
  });
  return {
    id: 'invariants',
    title: 'Invariants',
    body: html`<p class="note">Judged from the participants’ own ledgers, not from what the engine says.</p>
${dataTable({ name: 'Invariants', columns: [{ title: 'Invariant' }, { title: 'Outcome' }], rows })}
${occasions(record)}
${regressions(record)}`,
  };
}

/** A state as a sign and a word. */
export function sign({
  sign,
  words,
  tone,
}: {
  readonly sign: string;
  readonly words: string;
  readonly tone: Tone;
}): Markup {
  return html`<span class="state tone-${tone}"><span aria-hidden="true">${sign}</span> ${words}</span>`;
}

function occasions({ sometimes }: RunRecord): Markup | undefined {
  if (sometimes === undefined) return undefined;
  const rows = sometimes.map(({ name, times }): readonly Cell[] => [
    name,
    { text: times === 0 ? sign({ sign: '✗', words: 'never', tone: 'bad' }) : number(times), value: times },
  ]);
  return html`<h3 id="sometimes">What must happen at least once</h3>
${dataTable({ name: 'What must happen at least once', columns: [{ title: 'Occasion' }, { title: 'Times', isNumber: true }], rows })}`;
}

function regressions({ regressions: pinned }: RunRecord): Markup | undefined {
  if (pinned === undefined) return undefined;
  const { total, held, failed, stale, lost } = pinned;
  return html`<h3 id="regressions">Failures that were found before</h3>
<p>${number(held)} of ${counted(total, 'pinned failure')} held${failed > 0 && `, ${number(failed)} failed again`}${stale > 0 && `, ${number(stale)} stale: their faults strike nothing any more`}${lost.length > 0 && `, cannot be run: ${lost.join(', ')}`}.</p>`;
}
