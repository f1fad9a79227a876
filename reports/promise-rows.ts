// Which service levels each policy of a comparison meets: a row per policy, for every format.

import type { ComparedPolicy, CompareRecord } from '../simulator/compare-record.ts';
import { objectiveText } from './objectives.ts';
import { number } from './wording.ts';

export interface PromiseRow {
  readonly policy: string;
  readonly role: ComparedPolicy['role'];
  /** `5 of 7 met`, `6 of 7 met, 1 not measured`. */
  readonly met: string;
  /** `✗` when one is missed. */
  readonly sign: '✓' | '✗';
  readonly isMissed: boolean;
  /** `99 % of all sagas end within 2 s, here 2.3 s`. */
  readonly missed: readonly string[];
  readonly notMeasured: readonly string[];
}

/** Empty when the scenario promises nothing in this weather. */
export function promiseRowsOf({ policies }: Pick<CompareRecord, 'policies'>): readonly PromiseRow[] {
  return policies.flatMap((policy) => rowOf(policy) ?? []);
}

function rowOf({ name, role, slo }: ComparedPolicy): PromiseRow | undefined {
  if (slo === undefined) return undefined;
  const textsIn = (state: (typeof slo)[number]['state']): readonly string[] =>
    slo.filter((one) => one.state === state).map(objectiveText);
  const [missed, notMeasured] = [textsIn('missed'), textsIn('not-measured')];
  const rest = notMeasured.length === 0 ? '' : `, ${number(notMeasured.length)} not measured`;
  return {
    policy: role === 'control' ? `${name} again` : name,
    role,
    met: `${number(textsIn('met').length)} of ${number(slo.length)} met${rest}`,
    sign: missed.length > 0 ? '✗' : '✓',
    isMissed: missed.length > 0,
    missed,
    notMeasured,
  };
}
