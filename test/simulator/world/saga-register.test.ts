// The register of a run's sagas: who is in it is found by id, who was forgotten is not, whatever still holds him.

import { expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { CaseBook } from '../../../simulator/invariants/case-book.ts';
import { SagaRegister, sagaId } from '../../../simulator/world/saga-register.ts';
import { SimSaga } from '../../../simulator/world/sim-saga.ts';

const saga = defineSaga({
  name: 'd',
  version: 1,
  steps: { a: { service: 's', action: 'do', compensation: 'undo' } },
});
const cases = new CaseBook();

function numbered(index: number): SimSaga {
  return new SimSaga(cases, sagaId(index), index, { name: 'p', number: 0, epoch: 0 }, { saga, input: {} }, 0);
}

function registerOf(...sagas: readonly SimSaga[]): SagaRegister {
  const register = new SagaRegister();
  for (const each of sagas) register.add(each);
  return register;
}

test('a saga is found by its id, twice in a row and after another', () => {
  const [first, second] = [numbered(0), numbered(5)];
  const register = registerOf(first, second);
  expect(['s-5', 's-5', 's-0', 's-5'].map((id) => register.get(id))).toEqual([second, second, first, second]);
});

test.each(['x-5', 's-6', 's-05', 's-', 's-5.0', 's--5', '5', ''])('%j is nobody', (id) => {
  const register = registerOf(numbered(0), numbered(5));
  expect(register.get('s-5')?.index).toBe(5);
  expect(register.get(id)).toBeUndefined();
});

test('one that was forgotten is gone, and is forgotten once', () => {
  const [first, second] = [numbered(0), numbered(1)];
  const register = registerOf(first, second);
  expect(register.get('s-0')).toBe(first);
  expect([register.forget(first), register.forget(first)]).toEqual([true, false]);
  expect([register.get('s-0'), register.get('s-1')]).toEqual([undefined, second]);
});

test('values come in the order of their numbers, whatever the order they came in', () => {
  const sagas = [7, 2, 4, 0].map(numbered);
  const register = registerOf(...sagas);
  const numbers = (): readonly number[] => [...register.values()].map(({ index }) => index);
  expect(numbers()).toEqual([0, 2, 4, 7]);
  register.forget(sagas[3]!);
  register.forget(sagas[2]!);
  expect(numbers()).toEqual([2, 7]);
  register.add(numbered(1));
  expect(numbers()).toEqual([1, 2, 7]);
});

test('to touch one that is registered changes nothing, one that was forgotten does not come back', () => {
  const [first, second] = [numbered(0), numbered(1)];
  const register = registerOf(first, second);
  register.touch(second);
  expect([register.get('s-0'), register.get('s-1')]).toEqual([first, second]);
  register.forget(second);
  register.touch(second);
  expect(register.get('s-1')).toBeUndefined();
  register.touch(numbered(9));
  expect(register.get('s-9')).toBeUndefined();
});
