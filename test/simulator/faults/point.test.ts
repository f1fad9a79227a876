// S5: a point has a name of its own, made of what it is about; and no more kinds of faults than a set of them can hold.

import { expect, test } from 'vitest';
import { faultSet } from '../../../simulator/faults/injector.ts';
import {
  commitOf,
  machineName,
  orchestratorMachine,
  PLACE,
  type Place,
  participantMachine,
  pointText,
} from '../../../simulator/faults/point.ts';
import { FAULTS } from '../../../simulator/index.ts';

const NAMES = {
  saga: (index: number) => `s-${index}`,
  step: (_saga: number, step: number) => ['debit', 'credit'][step]!,
  machine: (machine: number) => machineName(machine, ['bank', 'shop']),
};

test.each<[text: string, place: Place, x: number, y: number, z: number]>([
  ['s-12/credit/forward#2:reply', 'reply', 12, 2, 4],
  ['s-12/credit/compensation#2+copy:handler', 'handler', 12, 3, 5],
  ['s-12/debit/forward#2:restart', 'restart', 12, 0, 4],
  ['s-12/debit/forward#1.2:commit', 'commit', 12, 0, commitOf(2, 2)],
  ['s-12/debit/forward#1+copy.1:commit', 'commit', 12, 0, commitOf(3, 1)],
  ['s-12@3#1:append', 'append', 12, 3, 1],
  ['s-12#7:input', 'input', 12, 0, 7],
  ['s-12#2:load', 'load', 12, 0, 2],
  ['s-12@9:end', 'end', 12, 9, 0],
  ['s-12:start', 'start', 12, 0, 0],
  ['s-12:wish', 'wish', 12, 0, 0],
  ['orchestrator-1/shop@750ms:link', 'link', orchestratorMachine(1, 0), participantMachine(1), 3],
  ['bank@1000ms:node', 'node', participantMachine(0), 0, 4],
  ['orchestrator-249+2@0ms:clock', 'clock', orchestratorMachine(249, 2), 0, 0],
  ['orchestrator-0:deploy', 'deploy', orchestratorMachine(0, 0), 0, 0],
])('%s', (text, place, x, y, z) => {
  expect(pointText(NAMES, PLACE[place], x, y, z)).toBe(text);
});

test('every kind has a bit of its own', () => {
  const bits = FAULTS.map(({ kind }) => faultSet(kind));
  expect(FAULTS.length).toBeLessThanOrEqual(32);
  expect(new Set(bits).size).toBe(FAULTS.length);
  expect(bits).not.toContain(0);
});
