// The dashboard of ops/grafana: that it asks for what there is, in words that explain it, and draws something of an incident.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unknownIn } from './known-meters.ts';
import { parse } from './promql.ts';
import { vectorOf } from './promql-value.ts';
import { alertsOf, OUTAGE, shopWith } from './simulated-run.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { panels } = JSON.parse(readFileSync('ops/grafana/sagastorm.json', 'utf8')) as {
  panels: readonly Panel[];
};
const DRAWN = panels.filter(({ type }) => type !== 'row');
const QUERIES = DRAWN.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, ready(expr)] as const),
);

/** As Grafana sends it. */
function ready(expr: string): string {
  return expr.replaceAll('$saga_type', '.*').replaceAll('$__rate_interval', '1m');
}

test.each(QUERIES)('%s asks for meters that exist: %s', (_title, expr) => {
  expect(unknownIn(expr)).toEqual([]);
});

test('every panel says what it shows, and has a place of its own', () => {
  const taken = new Set<string>();
  for (const {
    title,
    description,
    targets,
    gridPos: { x, y, w, h },
  } of DRAWN) {
    expect(description, title).toMatch(/\.$/);
    expect(targets!.length, title).toBeGreaterThan(0);
    expect(x + w, title).toBeLessThanOrEqual(24);
    for (let i = x; i < x + w; i++)
      for (let j = y; j < y + h; j++) {
        expect(taken.has(`${i},${j}`), title).toBe(false);
        taken.add(`${i},${j}`);
      }
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test('in an outage every query about sagas draws something', async () => {
  const empty = new Set(QUERIES.map(([, expr]) => expr).filter((expr) => !/sagastorm_/.test(expr)));
  const asked = empty.size;
  alertsOf(await shopWith([OUTAGE]), (store, atMin) => {
    if (atMin % 1 !== 0) return;
    for (const expr of empty) if (vectorOf(parse(expr), store, atMin * 60_000).length > 0) empty.delete(expr);
  });
  expect(asked).toBeGreaterThan(20);
  // No service of this shop refuses a call for good, and what the breaker refuses is no attempt of an undo.
  expect([...empty]).toEqual([expect.stringContaining('saga_step_error_total')]);
});
