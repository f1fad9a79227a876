// The policy in words: how often what is tried again, how long is waited, and what holds back.

import type { RunRecord } from '../../../simulator/run-record.ts';
import { duration, number, percent } from '../../wording.ts';
import { type Cell, dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';
import { absent, pairs, type Section } from '../section.ts';

type Spec = Readonly<Record<string, unknown>>;

/** Members that are told in the table, or not at all. */
const TOLD = ['name', 'retry', 'compensation'];

export function policySection({ policy, policySpec }: RunRecord): Section {
  const body =
    policySpec === undefined
      ? absent(
          `The policy “${policy}” is not written out: sagas have policies of their own, or code of their own.`,
        )
      : html`<p>The policy “${policy}”.</p>${retries(policySpec)}${governors(policySpec)}`;
  return { id: 'policy', title: 'Policy', body };
}

function isSpec(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function retries({ retry, compensation }: Spec): Markup | undefined {
  const classes = isSpec(retry) ? Object.entries(retry) : [];
  const all = [...classes, ...(isSpec(compensation) ? [['any, of an undo', compensation] as const] : [])];
  const rows = all.flatMap(([name, of]) => (isSpec(of) ? [rowOf(name, of)] : []));
  if (rows.length === 0) return undefined;
  return html`${dataTable({
    name: 'Retries by class of failure',
    columns: [
      { title: 'After a failure that is' },
      { title: 'Sent at most', isNumber: true },
      { title: 'First wait', isNumber: true, csv: 'first wait in ms' },
      { title: 'Then', isNumber: true },
      { title: 'Wait at most', isNumber: true, csv: 'wait at most in ms' },
    ],
    rows,
  })}`;
}

function rowOf(name: string, { attemptsMax, initialMs, maxMs, factorPermille }: Spec): readonly Cell[] {
  const once = attemptsMax === 1;
  return [
    words(name),
    typeof attemptsMax === 'number' ? (once ? 'once' : `${number(attemptsMax)} ×`) : '–',
    once ? { text: '–', value: '' } : time(initialMs),
    once || typeof factorPermille !== 'number' ? '–' : `× ${factorPermille / 1_000}`,
    once ? { text: '–', value: '' } : time(maxMs),
  ];
}

function time(ms: unknown): Cell {
  return typeof ms === 'number' ? { text: duration(ms * 1_000), value: ms } : '–';
}

function governors(spec: Spec): Markup {
  const members = Object.entries(spec).filter(([name]) => !TOLD.includes(name));
  return pairs(members.map(([name, value]) => [words(unitless(name)), valueText(name, value)] as const));
}

/** `callTimeoutMs` → `callTimeout`: the value says the unit. */
function unitless(name: string): string {
  return name.replace(/(Ms|Permille|Max)$/, (unit) => (unit === 'Max' ? 'AtMost' : ''));
}

/** `callTimeout` → `Call timeout`. */
function words(name: string): string {
  const text = name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function valueText(name: string, value: unknown): string {
  if (name === 'jitter' && Array.isArray(value))
    return `a wait is multiplied by ${value.map((permille) => Number(permille) / 1_000).join(' to ')}`;
  if (typeof value === 'number') {
    if (name.endsWith('Ms')) return duration(value * 1_000);
    return name.endsWith('Permille') ? percent(value / 1_000) : number(value);
  }
  if (Array.isArray(value)) return value.map((one) => valueText('', one)).join(' to ');
  if (!isSpec(value)) return String(value);
  return Object.entries(value)
    .map(([member, one]) => `${words(unitless(member)).toLowerCase()} ${valueText(member, one)}`)
    .join(', ');
}
