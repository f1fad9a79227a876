// The verdict of a campaign: a sign, a word, and what it means in one sentence.

import type { RunRecord, Verdict } from '../../../simulator/run-record.ts';
import { counted, number, percent } from '../../wording.ts';
import { command } from '../command.ts';
import { html, type Markup } from '../markup.ts';

/** Class of a colour; it never stands without its sign and word. */
export type Tone = 'ok' | 'warn' | 'bad' | 'none';

export const VERDICTS: Readonly<
  Record<Verdict, { readonly sign: string; readonly words: string; readonly tone: Tone }>
> = {
  held: { sign: '✓', words: 'Held', tone: 'ok' },
  violated: { sign: '✗', words: 'Violated', tone: 'bad' },
  inconclusive: { sign: '?', words: 'Inconclusive', tone: 'warn' },
  'slo-missed': { sign: '!', words: 'Service level missed', tone: 'warn' },
  nondeterministic: { sign: '≠', words: 'Not deterministic', tone: 'bad' },
};

/** Verdict first: this stands at the top of the page. */
export function verdictBand(record: RunRecord): Markup {
  const { sign, words, tone } = VERDICTS[record.verdict];
  return html`<section class="verdict tone-${tone}" id="verdict" aria-labelledby="verdict-title">
<h2 id="verdict-title"><span aria-hidden="true">${sign}</span> ${words}</h2>
<p class="lead">${sentenceOf(record)}</p>
${again(record)}
</section>`;
}

/** What the verdict means. */
export function sentenceOf(record: RunRecord): string {
  switch (record.verdict) {
    case 'held':
      return held(record);
    case 'violated':
      return violated(record);
    case 'inconclusive':
      return inconclusive(record);
    case 'slo-missed':
      return missed(record);
    case 'nondeterministic':
      return nondeterministic(record);
  }
}

function held(record: RunRecord): string {
  const { bound95, runs, live } = record;
  const judged = record.invariants.filter(({ state }) => state === 'held').length;
  const found = `${all(judged, 'invariant')} held in ${extent(record)}${under(record)}.`;
  if (live !== undefined) return `${found} This ran for real, and will not come out the same a second time.`;
  if (bound95 === undefined || runs.total < 2) return `${found} It is one run: more seeds say more.`;
  return `${found} With 95 % confidence at most ${percent(bound95)} of such runs would break one.`;
}

function violated({ runs, violations, sometimes = [], invariants }: RunRecord): string {
  const broken = invariants.filter(({ state }) => state === 'violated').map(({ id }) => id);
  if (broken.length === 0 && violations.length === 0) {
    const never = sometimes.flatMap(({ name, times }) => (times === 0 ? [`“${name}”`] : []));
    return `Every run held, but what must happen at least once never did: ${never.join(', ')}.`;
  }
  const where = `In ${number(runs.violated)} of ${counted(runs.total, 'run')}`;
  const fewest = Math.min(...violations.flatMap(({ shrunk }) => shrunk?.faults.length ?? []));
  const small = Number.isFinite(fewest) ? `; the smallest needs ${counted(fewest, 'fault')}` : '';
  const kinds = violations.length === 0 ? '' : ` ${counted(violations.length, 'distinct failure')}${small}.`;
  return `${where} ${counted(broken.length, 'invariant')} did not hold: ${broken.join(', ')}.${kinds}`;
}

function inconclusive({ runs, inconclusive: reasons }: RunRecord): string {
  const [first] = reasons;
  const why = first === undefined ? '' : ` The first reason: ${first.reason}.`;
  const which =
    runs.inconclusive === 0
      ? 'The campaign came to no answer'
      : `${counted(runs.inconclusive, 'run')} of ${number(runs.total)} came to no answer`;
  return `${which}, so nothing is said of what would have held.${why}`;
}

function missed(record: RunRecord): string {
  const { slo = [] } = record;
  const bad = slo.filter(({ state }) => state === 'missed');
  const [first] = bad;
  const which =
    first === undefined
      ? ''
      : ` First: ${first.statement}; it was ${first.actual === undefined || first.actual < 0 ? 'never' : number(first.actual)}.`;
  return `No invariant was broken in ${extent(record)}, but ${number(bad.length)} of ${counted(slo.length, 'service level')} ${bad.length === 1 ? 'was' : 'were'} missed.${which}`;
}

function nondeterministic({ determinism: { checked, equal } }: RunRecord): string {
  return `${number(checked - equal)} of ${counted(checked, 'repeated run')} differed from the first time. Until that is mended no result here can be trusted, and none replayed.`;
}

function all(count: number, noun: string): string {
  return count === 1
    ? `The one ${noun} with something to judge`
    : `All ${number(count)} ${noun}s with something to judge`;
}

/** `1,000 runs of 100 sagas`. */
export function extent({ runs, sagasPerRun, live }: RunRecord): string {
  return `${counted(runs.total, live === undefined ? 'run' : 'real run')} of ${counted(sagasPerRun, 'saga')}`;
}

function under({ faults: { delivered }, load }: RunRecord): string {
  const counts = Object.values(delivered);
  const incidents = load?.incidents?.length ?? 0;
  if (counts.length === 0)
    return incidents === 0 ? ', without a single fault' : `, through ${counted(incidents, 'incident')}`;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return `, under ${counted(total, 'fault')} of ${counted(counts.length, 'kind')}`;
}

/** Where to begin: the first failure, or else the first seed. */
function again(record: RunRecord): Markup | undefined {
  const [failure] = record.violations;
  if (failure !== undefined) {
    return html`<p class="small dim">The first failure again, exactly:</p>
${command(failure.replay, 'Run the first failure again')}`;
  }
  const line = seedCommandOf(record, firstSeed(record));
  if (line === undefined) return undefined;
  return html`<p class="small dim">The ${record.runs.total > 1 ? 'first of the runs' : 'run'} again, exactly:</p>
${command(line, 'Run it again')}`;
}

function firstSeed({ rootSeed, runs, verdict, inconclusive: [first], determinism }: RunRecord): string {
  if (verdict === 'nondeterministic' && determinism.divergence !== undefined)
    return determinism.divergence.seed;
  if (runs.inconclusive > 0 && verdict === 'inconclusive' && first !== undefined) return first.seed;
  return runs.total > 1 ? `${rootSeed}/0` : rootSeed;
}

/** The command that runs one seed again; older records, and runs for real, have none. */
export function seedCommandOf({ seedCommand, live }: RunRecord, seed: string): string | undefined {
  return seedCommand === undefined || live !== undefined ? undefined : `${seedCommand} ${quoted(seed)}`;
}

/** A word for the shell: quoted only where it must be. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
