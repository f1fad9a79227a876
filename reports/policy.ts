// A policy in a row of the terminal report: what is not as the standard table has it. The rest is in the record.

import type { RunRecord } from '../simulator/run-record.ts';
import { number } from './wording.ts';

type Row = readonly [label: string, text: string];

/** Members that say how calls are governed, beside the retry table. */
const SHOWN = [
  'callTimeoutMs',
  'jitter',
  'retryBudget',
  'circuitBreaker',
  'bulkhead',
  'adaptiveRetry',
  'hedge',
  'admission',
];

/** No row for the default policy, and for one that was not made by `definePolicy`. */
export function policyRows({ policy, policySpec }: RunRecord): readonly Row[] {
  if (policySpec === undefined || policy === 'default') return [];
  const parts = SHOWN.flatMap((member) =>
    policySpec[member] === undefined ? [] : [`${words(member)} ${valueText(policySpec[member])}`],
  );
  return [['POLICY', `${policy}: ${parts.join(' · ')}`]];
}

/** `callTimeoutMs` → `call timeout ms`. */
function words(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (Array.isArray(value)) return value.map(valueText).join(' to ');
  if (typeof value !== 'object' || value === null) return String(value);
  return `(${Object.entries(value)
    .map(([key, one]) => `${words(key)} ${valueText(one)}`)
    .join(', ')})`;
}
