// A fault plan in words: what struck, where, as people say it.

import { FAULTS } from '../faults/catalogue.ts';
import type { PlannedFault, Violation } from '../run-result.ts';

/**
 * One planned fault as a clause.
 *
 * @example
 * faultWords({ kind: 'drop-reply', at: 's-12/credit/forward#2:reply', params: {} });
 * // 's-12, credit, sent for the 2nd time: the reply is lost'
 */
export function faultWords({ kind, at, params }: PlannedFault): string {
  const fault = FAULTS.find((known) => known.kind === kind);
  return `${pointWords(at)}: ${fault?.describe(params) ?? kind}`;
}

/** The smallest failing run as one sentence. */
export function sentence(
  violation: Violation,
  faults: readonly PlannedFault[],
  only: readonly number[],
): string {
  const who = only.length === 1 ? 'One saga' : `${only.length} sagas`;
  const what =
    faults.length === 0 ? 'no fault' : `${faults.length === 1 ? 'one fault' : `${faults.length} faults`}`;
  const how = faults.length === 0 ? '' : ` (${faults.map(faultWords).join('; ')})`;
  return `${who} and ${what}${how} break ${violation.invariant}: ${violation.message}.`;
}

/** A point where a fault strikes, in words; see `pointText`. What nobody has words for stays as it is. */
export function pointWords(at: string): string {
  for (const [pattern, words] of POINTS) {
    const found = pattern.exec(at)?.groups;
    if (found !== undefined) return words(found as Readonly<Record<string, string>>);
  }
  return at;
}

const POINTS: readonly (readonly [RegExp, (parts: Readonly<Record<string, string>>) => string])[] = [
  [
    /^(?<saga>.+?)\/(?<step>.+)\/(?<direction>forward|compensation)#(?<sent>\d+)(?<copy>\+copy)?(\.(?<commit>\d+))?:(?<place>[a-z-]+)$/,
    ({ saga, step, direction, sent, copy, commit, place }) => {
      const what = direction === 'forward' ? step : `undo of ${step}`;
      const which = copy === undefined ? '' : ' (the copy)';
      const when = commit === undefined ? '' : `, after its ${ordinal(commit)} commit`;
      return `${saga}, ${MOMENTS[place!] ?? ''}${what}, sent for the ${ordinal(sent!)} time${which}${when}`;
    },
  ],
  [
    /^(?<from>.+)\/(?<to>.+)@(?<ms>\d+)ms:link$/,
    ({ from, to, ms }) => `between ${from} and ${to}, from ${seconds(ms!)}`,
  ],
  [/^(?<machine>.+)@(?<ms>\d+)ms:(node|clock)$/, ({ machine, ms }) => `${machine}, from ${seconds(ms!)}`],
  [/^(?<machine>.+):deploy$/, ({ machine }) => `${machine}`],
  [
    /^(?<saga>.+)@(?<version>\d+)#(?<tries>\d+):(?<place>[a-z-]+)$/,
    ({ saga, version, tries, place }) => {
      const again = tries === '1' ? '' : `, ${ordinal(tries!)} try`;
      return `${saga}, ${MOMENTS[place!] ?? ''}append after event ${version}${again}`;
    },
  ],
  [/^(?<saga>.+)@(?<version>\d+):end$/, ({ saga, version }) => `${saga}, at its end after event ${version}`],
  [/^(?<saga>.+)#(?<input>\d+):input$/, ({ saga, input }) => `${saga}, at its ${ordinal(input!)} input`],
  [
    /^(?<saga>.+)#(?<load>\d+):load$/,
    ({ saga, load }) => `${saga}, when it is loaded for the ${ordinal(load!)} time`,
  ],
  [/^(?<saga>.+):(start|wish)$/, ({ saga }) => `${saga}, when it is asked for`],
];

const MOMENTS: Readonly<Record<string, string>> = {
  'before-append': 'before the ',
  'after-append': 'after the ',
  'before-send': 'before ',
  'after-send': 'after ',
};

/** Milliseconds as a moment of the run: `750` is `0.75 s`. */
function seconds(ms: string): string {
  return `${Number(ms) / 1_000} s`;
}

/** 1st, 2nd, 3rd, 4th, … 11th, … 21st. */
export function ordinal(digits: string | number): string {
  const n = Number(digits);
  const teens = n % 100 >= 11 && n % 100 <= 13;
  const suffix = teens ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${suffix}`;
}
