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

/** A point where a fault strikes, in words; see `pointText`. */
export function pointWords(at: string): string {
  const call = /^(.+?)\/(.+)\/(forward|compensation)#(\d+)(\+copy)?:([a-z-]+)$/.exec(at);
  if (call !== null) {
    const [, saga, step, direction, number, copy, place] = call;
    const what = direction === 'forward' ? step : `undo of ${step}`;
    const which = copy === undefined ? '' : ' (the copy)';
    return `${saga}, ${MOMENTS[place!] ?? ''}${what}, sent for the ${ordinal(Number(number))} time${which}`;
  }
  const append = /^(.+)@(\d+)#(\d+):([a-z-]+)$/.exec(at);
  if (append !== null) {
    const [, saga, version, tries, place] = append;
    const again = tries === '1' ? '' : `, ${ordinal(Number(tries))} try`;
    return `${saga}, ${MOMENTS[place!] ?? ''}append after event ${version}${again}`;
  }
  const input = /^(.+)#(\d+):input$/.exec(at);
  return input === null ? at : `${input[1]}, at its ${ordinal(Number(input[2]))} input`;
}

const MOMENTS: Readonly<Record<string, string>> = {
  'before-append': 'before the ',
  'after-append': 'after the ',
  'before-send': 'before ',
  'after-send': 'after ',
};

/** 1st, 2nd, 3rd, 4th, … 11th, … 21st. */
function ordinal(n: number): string {
  const teens = n % 100 >= 11 && n % 100 <= 13;
  const suffix = teens ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${suffix}`;
}
