// Virtual time, the fingerprint and the latency tables.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../../simulator/kernel/event-queue.ts';
import { LatencyTable } from '../../../simulator/kernel/latency.ts';
import { Simulation } from '../../../simulator/kernel/simulation.ts';
import { Fingerprint, TraceLog } from '../../../simulator/kernel/trace.ts';

test('S2: time jumps before the event runs', () => {
  const sim = new Simulation(new EventQueue());
  const seen: number[] = [];
  const actor = sim.add({ happen: () => seen.push(sim.nowUs) });
  for (const at of [30, 10, 20]) sim.schedule(at, actor, 0, undefined);
  expect(sim.run({ eventsMax: 100, untilUs: 1_000 })).toBe('quiescent');
  expect(seen).toEqual([10, 20, 30]);
});

test('S10: a run is bounded in events and in time', () => {
  const endless = (): Simulation => {
    const sim = new Simulation(new EventQueue());
    const actor = sim.add({ happen: () => sim.schedule(sim.nowUs + 1, actor, 0, undefined) });
    sim.schedule(0, actor, 0, undefined);
    return sim;
  };
  expect(endless().run({ eventsMax: 50, untilUs: 1_000_000 })).toBe('events-max');
  expect(endless().run({ eventsMax: 1_000_000, untilUs: 50 })).toBe('time-max');
});

const note = fc.tuple(fc.nat(), fc.nat(30), fc.nat(), fc.nat(99), fc.nat(99));

function fingerprintOf(notes: readonly (readonly [number, number, number, number, number])[]): string {
  const fingerprint = new Fingerprint();
  for (const [timeUs, code, x, y, z] of notes) fingerprint.note(timeUs, code, x, y, z);
  return fingerprint.hex();
}

test('S6: a fingerprint is 128 bits, the same for the same trace', () => {
  fc.assert(
    fc.property(fc.array(note), (notes) => {
      expect(fingerprintOf(notes)).toMatch(/^[0-9a-f]{32}$/);
      expect(fingerprintOf(notes)).toBe(fingerprintOf(notes));
    }),
  );
});

test('S6: one number more by one, anywhere in the trace, is another fingerprint', () => {
  fc.assert(
    fc.property(fc.array(note, { minLength: 1 }), fc.nat(), fc.nat(4), (notes, which, field) => {
      const changed = notes.map((n) => [...n] as [number, number, number, number, number]);
      changed[which % notes.length]![field]! += 1;
      expect(fingerprintOf(changed)).not.toBe(fingerprintOf(notes));
    }),
  );
});

test('S6: two events in another order are another fingerprint', () => {
  const a = [1, 2, 3, 4, 5] as const;
  const b = [1, 2, 3, 4, 6] as const;
  expect(fingerprintOf([a, b])).not.toBe(fingerprintOf([b, a]));
});

test('two traces are compared event by event', () => {
  const [a, b] = [new TraceLog(), new TraceLog()];
  for (const log of [a, b]) log.note(1, 2, 3, 4, 5);
  expect(a.firstDifference(b)).toBe(-1);
  a.note(2, 2, 3, 4, 5);
  expect(a.firstDifference(b)).toBe(1);
  expect(b.line(1)).toBe('(the run had ended)');
  b.note(2, 2, 3, 4, 6);
  expect(a.firstDifference(b)).toBe(1);
  expect(a.line(0)).toContain('t=0.000001s');
});

test('E11: a latency table keeps the percentiles it was made from', () => {
  const table = new LatencyTable({ p50Us: 5_000, p90Us: 12_000, p99Us: 40_000, maxUs: 200_000 });
  const all = Array.from({ length: 4096 }, (_, i) => table.at(i * 2 ** 20));
  expect(all.every(Number.isInteger)).toBe(true);
  expect(all).toEqual([...all].sort((a, b) => a - b));
  expect(Math.abs(all[2048]! - 5_000)).toBeLessThan(50);
  expect(Math.abs(all[3686]! - 12_000)).toBeLessThan(150);
  expect(Math.abs(all[4055]! - 40_000)).toBeLessThan(2_000);
  expect(all[4095]! <= 200_000).toBe(true);
});

test('a latency table of single values keeps each as often as it stands there', () => {
  const table = new LatencyTable([10, 20, 20, 30]);
  const counts = new Map<number, number>();
  for (let i = 0; i < 4096; i++)
    counts.set(table.at(i * 2 ** 20), (counts.get(table.at(i * 2 ** 20)) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toEqual({ 10: 1024, 20: 2048, 30: 1024 });
});

test('latencies that fall, and lists that are no whole numbers, are refused', () => {
  expect(() => new LatencyTable({ p50Us: 9, p90Us: 8, p99Us: 10, maxUs: 11 })).toThrow('do not rise');
  expect(() => new LatencyTable([1.5])).toThrow('has 1.5 at place 0');
});
