// What people read, word for word.

import { expect, test } from 'vitest';
import { type Palette, renderPretty } from '../../reports/index.ts';
import { held, inconclusive, nondeterministic, violated } from './records.ts';

const same = (text: string): string => text;
const plain: Palette = { bold: same, dim: same, green: same, red: same, yellow: same };
const options = { colors: plain, width: 100 };

test('a campaign that held', () => {
  expect(renderPretty(held, { ...options, stored: '.sagastorm/run.json' })).toMatchInlineSnapshot(`
    "sagastorm 0.1 · bank-transfer · 1,000 runs × 100 sagas · root seed "nightly" · storm

     ✓ bank-transfer   completed 71.2 %  compensated 28.8 %   p50 118  p99 1,204 ms (virtual)

     INVARIANTS  2/2 held · 0 of 1,000 runs failed → true rate ≤ 0.30 % (95 %)
     FAULTS      2 kinds delivered, 48,112 in all
     COVERAGE    5/6 state × fault cells · never: compensating × drop-reply
     DETERMINISM 20/20 runs repeated identically
     FINGERPRINT 0123456789abcdef0123456789abcdef
     31.2 days of virtual time · 4,811,200 events · 14.8 s · 6,757 sagas/s · .sagastorm/run.json

     HELD
    "
  `);
});

test('a run that was violated', () => {
  expect(renderPretty(violated, options)).toMatchInlineSnapshot(`
    "sagastorm 0.1 · bank-transfer · 1 run × 1 saga · seed "nightly" · storm · policy naive

     ✗ bank-transfer   completed 0 %  compensated 0 %  failed 100 %   no saga ended

     ✗ money-conserved   1 of 1 run
       order o-7: charged 2× (60.00, 60.00), refunded 0×, saga ended compensated

       seed      "nightly/1841"   saga s-0 at 12.4 s
       struck by drop-reply (2×), pause
       replay    npx sagastorm replay .sagastorm/failures/money-conserved-3f9c01ab.json

     INVARIANTS  1/2 held · violated in 1 of 1 run: money-conserved · nothing to judge for
                 stock-conserved
     FAULTS      2 kinds delivered, 48,112 in all · enabled and never delivered: pause, reorder
     COVERAGE    5/6 state × fault cells · never: compensating × drop-reply
     DETERMINISM no run was repeated
     FINGERPRINT 0123456789abcdef0123456789abcdef
     31.2 days of virtual time · 4,811,200 events · 14.8 s · 6,757 sagas/s

     VIOLATED
    "
  `);
});

test('a campaign that is inconclusive', () => {
  expect(renderPretty(inconclusive, options)).toMatchInlineSnapshot(`
    "sagastorm 0.1 · bank-transfer · 50 runs × 100 sagas · root seed "nightly" · storm

     ? bank-transfer   completed 71.2 %  compensated 28.8 %   p50 118  p99 1,204 ms (virtual)

     ? inconclusive
       seed "nightly/0"   stopped after 1000000 events
       seed "nightly/1"   stopped after 1000000 events
       seed "nightly/2"   stopped after 1000000 events
       seed "nightly/3"   stopped after 1000000 events
       seed "nightly/4"   stopped after 1000000 events
       … and 2 more, all in the run record

     INVARIANTS  2/2 held · 0 of 43 runs failed → true rate ≤ 0.30 % (95 %)
     FAULTS      2 kinds delivered, 48,112 in all
     COVERAGE    36/46 state × fault cells · never: running × fault-0, running × fault-1,
                 running × fault-2, running × fault-3, running × fault-4, running × fault-5, … (10)
     DETERMINISM 20/20 runs repeated identically
     FINGERPRINT 0123456789abcdef0123456789abcdef
     31.2 days of virtual time · 4,811,200 events · 14.8 s · 6,757 sagas/s

     INCONCLUSIVE
    "
  `);
});

test('a scenario that does not repeat', () => {
  expect(renderPretty(nondeterministic, options)).toMatchInlineSnapshot(`
    "sagastorm 0.1 · bank-transfer · 50 runs × 100 sagas · root seed "nightly" · storm

     ✗ bank-transfer   completed 71.2 %  compensated 28.8 %   p50 118  p99 1,204 ms (virtual)

     ✗ not deterministic   1 of 2 repeated runs differed

       seed      "nightly/12"   differs first in event 1,234
         once    t=0.000000s  create  s-0
         again   t=0.005000s  create  s-0
       Look for state that outlives a run: variables of a module, caches, counters.

     INVARIANTS  2/2 held · 0 of 50 runs failed → true rate ≤ 0.30 % (95 %)
     FAULTS      2 kinds delivered, 48,112 in all
     COVERAGE    5/6 state × fault cells · never: compensating × drop-reply
     DETERMINISM 1/2 runs repeated identically
     FINGERPRINT 0123456789abcdef0123456789abcdef
     31.2 days of virtual time · 4,811,200 events · 14.8 s · 6,757 sagas/s

     NOT DETERMINISTIC
    "
  `);
});

test('many distinct failures are counted, not all shown', () => {
  const violations = Array.from({ length: 9 }, (_, i) => ({
    ...violated.violations[0]!,
    seed: `nightly/${i}`,
  }));
  const text = renderPretty({ ...violated, violations }, options);
  expect(text.match(/ ✗ money-conserved/g)).toHaveLength(5);
  expect(text).toContain('… and 4 further distinct failures, all in the run record');
});

test('no line is wider than the terminal, commands aside', () => {
  for (const record of [held, violated, inconclusive, nondeterministic]) {
    const lines = renderPretty(record, { ...options, width: 60 }).split('\n');
    const long = lines.filter((line) => line.length > 60 && !line.includes('replay'));
    expect(long).toEqual([]);
  }
});

test('colour marks the verdict, and nothing else changes', () => {
  const mark = (text: string): string => `<${text}>`;
  const colors: Palette = { ...plain, green: mark, red: mark, yellow: mark };
  const text = renderPretty(held, { ...options, colors });
  expect(text).toContain(' <✓> bank-transfer');
  expect(text).toContain(' <HELD>');
  expect(text.replace(/[<>]/g, '')).toBe(renderPretty(held, options));
});

test('why forward work ended early is said, and that nothing ever completed', () => {
  const reasons = ['a', 'b', 'c', 'd'].map((step, i) => ({ reason: `${step}: it broke`, sagas: 1_000 - i }));
  const text = renderPretty({ ...held, stopped: reasons }, options);
  expect(text).toContain('STOPPED     a: it broke (1,000) · b: it broke (999) · c: it broke (998) · …');
  const sagas = { ...held.sagas, completed: 0 };
  expect(renderPretty({ ...held, sagas, stopped: reasons }, options)).toContain(
    'NO SAGA COMPLETED · a: it broke',
  );
  expect(renderPretty(held, options)).not.toContain('STOPPED');
});
