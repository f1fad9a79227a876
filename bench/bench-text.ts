// What `sagastorm bench` found, for a terminal.

import type { BenchComparison, BenchDifference } from './against.ts';
import { type BenchedMeasure, type BenchRecord, median, rateOf, ratioOf } from './bench-record.ts';
import type { Level } from './levels.ts';

const NUMBER = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const NAME_WIDTH = 46;

/** Every measure with its rate and how it stands to its reference, then the virtual latencies. */
export function renderBench(record: BenchRecord): string {
  const { version, node, machine, measures, virtual, meta } = record;
  const processes = measures[0]?.processes.length ?? 0;
  const title = [
    `sagastorm ${version.split('.', 2).join('.')} · bench`,
    `Node ${node}`,
    `${machine.cpu}, ${machine.cores} cores`,
    processes === 1 ? 'one process' : `${processes} processes`,
  ].join(' · ');
  const lines = [title];
  let suite = '';
  for (const measure of measures) {
    const [own = ''] = measure.id.split('/');
    if (own !== suite) lines.push('', ` ${own}`);
    suite = own;
    lines.push(`   ${lineOf(measure)}`);
  }
  if (virtual.length > 0) lines.push('', ' virtual time, the same on every machine');
  for (const { title, meanMs, p99Ms } of virtual) {
    lines.push(
      `   ${title.padEnd(NAME_WIDTH)}  mean ${NUMBER.format(meanMs)} ms · p99 ${NUMBER.format(p99Ms)} ms`,
    );
  }
  lines.push('', ` ${Math.round(meta.wallMs / 1_000)} s`);
  return `${lines.join('\n')}\n`;
}

function lineOf(measure: BenchedMeasure): string {
  const { title, unit, reference, processes } = measure;
  const ratio = median(processes.map((rounds) => ratioOf(measure, rounds)));
  const rate = `${NUMBER.format(rateOf(measure))} ${unit}/s`;
  return `${title.padEnd(NAME_WIDTH)}  ${rate.padStart(24)}   × ${ratioText(ratio)} ${reference.title}`;
}

export function ratioText(ratio: number): string {
  return ratio < 10 ? ratio.toPrecision(2) : NUMBER.format(Math.round(ratio));
}

/** What changed since a record was saved. */
export function renderAgainst(name: string, { measures, virtual, unmatched }: BenchComparison): string {
  const lines = [` against "${name}": each beside its reference, 95 % interval; ~ cannot be told apart`];
  for (const difference of measures)
    lines.push(`   ${difference.id.padEnd(NAME_WIDTH)}  ${changeText(difference)}`);
  for (const { id, before, now } of virtual) {
    const from = `${NUMBER.format(before.meanMs)} ms`;
    lines.push(
      `   ${id.padEnd(NAME_WIDTH)}  mean ${from} → ${NUMBER.format(now.meanMs)} ms: the code behaves otherwise`,
    );
  }
  if (unmatched.length > 0) lines.push(`   only in one of the two: ${unmatched.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function changeText({ change, interval, verdict }: BenchDifference): string {
  const range = interval === undefined ? '' : `  (${signed(interval.low)} … ${signed(interval.high)})`;
  switch (verdict) {
    case 'alike':
      return `~${range}`;
    case 'too-few':
      return `${signed(change)}  too few processes to tell`;
    default:
      return `${signed(change)}${range}  ${verdict}`;
  }
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`;
}

/** The levels of service, in the simulator and for real. */
export function renderLevels(levels: readonly Level[]): string {
  const width = Math.max(...levels.map(({ title }) => title.length));
  const lines = levels.map(({ title, where, value, limit, isMet }) => {
    return ` ${isMet ? '✓' : '✗'} ${title.padEnd(width)}  ${where.padEnd(9)}  ${value.padStart(12)}   ${limit}`;
  });
  const missed = levels.filter(({ isMet }) => !isMet).length;
  const verdict = missed === 0 ? 'ALL MET' : `${missed} of ${levels.length} MISSED`;
  const title = ' levels of service, with every commit on the disk where it is live';
  return `${[title, '', ...lines, '', ` ${verdict}`].join('\n')}\n`;
}
