// Seed by seed: on how many a policy does better than the baseline, on how many worse, and which those are.

import type {
  ComparedPolicy,
  CompareRecord,
  Metric,
  PairedDifferences,
} from '../../../simulator/compare-record.ts';
import { counted, duration, number, percent } from '../../wording.ts';
import { drawXAxis, numberTicks, type Plot } from '../axes.ts';
import { command } from '../command.ts';
import { dataTable } from '../data-table.ts';
import { figure } from '../figure.ts';
import { html, lines, type Markup } from '../markup.ts';
import { type Canvas, label, mark, type Pen } from '../pen.ts';

const HEIGHT = 170;

/** A histogram per policy and metric. */
export function paired(pen: Pen, { policies, metrics }: CompareRecord): Markup {
  return lines(
    policies.flatMap((policy) =>
      (policy.pairs ?? []).flatMap((pairs) => {
        const metric = metrics.find(({ id }) => id === pairs.id);
        return metric === undefined ? [] : [histogram(pen, policy, pairs, metric)];
      }),
    ),
  );
}

function histogram(pen: Pen, { name }: ComparedPolicy, pairs: PairedDifferences, metric: Metric): Markup {
  const { better, equal, worse, from, width, counts } = pairs;
  const said = `better on ${number(better)}, the same on ${number(equal)}, worse on ${counted(worse, 'seed')}`;
  return figure({
    id: `paired-${slug(name)}-${metric.id}`,
    title: `${name}: ${metric.title}, seed by seed`,
    note: `${said[0]!.toUpperCase()}${said.slice(1)}.`,
    drawing: pen.draw(
      { name: `${name} against the baseline in ${metric.title}`, description: said },
      HEIGHT,
      (canvas) => paint(canvas, pairs, metric),
    ),
    table: {
      name: `${name}, ${metric.title}, seed by seed`,
      columns: [{ title: 'Difference from' }, { title: 'to' }, { title: 'Seeds', isNumber: true }],
      rows: counts.flatMap((seeds, i) =>
        seeds === 0
          ? []
          : [
              [
                differenceText(metric, from + i * width),
                differenceText(metric, from + (i + 1) * width),
                seeds,
              ],
            ],
      ),
    },
  });
}

function paint(
  canvas: Canvas,
  { from, width: step, counts, equal }: PairedDifferences,
  metric: Metric,
): void {
  const { d3, width, height, isNarrow } = canvas;
  const plot: Plot = { left: 16, top: 18, right: width - 16, bottom: height - 40 };
  const reach = step === 0 ? 1 : step * counts.length;
  const x = d3
    .scaleLinear()
    .domain([Math.min(from, -0.02 * reach), Math.max(from + step * counts.length, 0.02 * reach)])
    .range([plot.left, plot.right]);
  const y = d3
    .scaleLinear()
    .domain([0, Math.max(equal, ...counts)])
    .range([plot.bottom, plot.top]);
  const ticks = numberTicks(x, isNarrow ? 4 : 8, (value) => differenceText(metric, value));
  drawXAxis(canvas, plot, x, ticks, 'difference to the baseline');
  counts.forEach((seeds, i) => {
    const isGain = from + (i + 0.5) * step > 0 === (metric.better === 'higher');
    const [left, right] = [x(from + i * step), x(from + (i + 1) * step)];
    if (seeds > 0)
      bar(canvas, isGain ? 'a1' : 'a2', [left + 0.5, right - 0.5], [y(seeds), plot.bottom], seeds);
  });
  if (equal > 0) bar(canvas, 'same', [x(0) - 4, x(0) + 4], [y(equal), plot.bottom], equal);
}

function bar(
  { svg, isNarrow }: Canvas,
  kind: string,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
  seeds: number,
): void {
  mark(svg, 'rect', { class: kind, x: left, y: top, width: Math.max(1, right - left), height: bottom - top });
  if (isNarrow) return;
  label(svg, `${seeds}`, {
    class: 'dimmed halo',
    x: (left + right) / 2,
    y: top - 3,
    'text-anchor': 'middle',
  });
}

/** Where the recommended policy, or else every contender, does worse. */
export function losses({ policies, recommended, metrics }: CompareRecord): Markup {
  const contenders = policies.filter(({ role }) => role === 'contender');
  const chosen = contenders.filter(({ name }) => name === recommended);
  const told = (chosen.length > 0 ? chosen : contenders).flatMap((policy) => lossesOf(policy, metrics));
  return told.length === 0 ? html`<p>There is none: it does worse on no seed.</p>` : lines(told);
}

function lossesOf({ name, pairs = [] }: ComparedPolicy, metrics: readonly Metric[]): readonly Markup[] {
  return pairs.flatMap(({ id, worst }) => {
    const metric = metrics.find((one) => one.id === id);
    if (metric === undefined || worst.length === 0) return [];
    const again = worst.find(({ replay }) => replay !== undefined);
    const table = {
      name: `Seeds on which ${name} loses in ${metric.title}`,
      columns: [{ title: 'Seed' }, { title: name, isNumber: true }, { title: 'Baseline', isNumber: true }],
      rows: worst.map(({ seed, value, baseline }) => [
        seed,
        { text: valueText(metric, value), value },
        { text: valueText(metric, baseline), value: baseline },
      ]),
    };
    return [
      html`<h3>${name}: ${metric.title}</h3>
${dataTable(table)}
${again === undefined ? html`<p class="note">No command names this policy; it stands in the record.</p>` : command(again.replay!, `Run seed ${again.seed} again with ${name}`)}`,
    ];
  });
}

function valueText({ unit }: Metric, value: number): string {
  return unit === 'us' ? duration(value) : percent(value);
}

function differenceText({ unit }: Metric, value: number): string {
  if (value === 0) return '0';
  const sign = value > 0 ? '+' : '−';
  if (unit === 'us') return `${sign}${duration(Math.round(Math.abs(value)))}`;
  return `${sign}${(Math.abs(value) * 100).toFixed(1)} pt`;
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
