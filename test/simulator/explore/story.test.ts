// Fault plans in words.

import { expect, test } from 'vitest';
import { faultWords, pointWords, sentence } from '../../../simulator/explore/story.ts';

test.each([
  ['s-12/credit/forward#2:reply', 's-12, credit, sent for the 2nd time'],
  ['s-12/credit/forward#1+copy:handler', 's-12, credit, sent for the 1st time (the copy)'],
  ['s-0/debit/compensation#11:request', 's-0, undo of debit, sent for the 11th time'],
  ['s-0/debit/forward#3:before-send', 's-0, before debit, sent for the 3rd time'],
  ['s-0@4#1:append', 's-0, append after event 4'],
  ['s-0@4#2:after-append', 's-0, after the append after event 4, 2nd try'],
  ['s-7#21:input', 's-7, at its 21st input'],
  ['s-0/debit/forward#1.2:commit', 's-0, debit, sent for the 1st time, after its 2nd commit'],
  ['orchestrator-0/bank@750ms:link', 'between orchestrator-0 and bank, from 0.75 s'],
  ['bank@2000ms:node', 'bank, from 2 s'],
  ['orchestrator-1+2@0ms:clock', 'orchestrator-1+2, from 0 s'],
  ['orchestrator-1:deploy', 'orchestrator-1'],
  ['s-3:start', 's-3, when it is asked for'],
  ['s-3@9:end', 's-3, at its end after event 9'],
  ['s-3#2:load', 's-3, when it is loaded for the 2nd time'],
  ['somewhere else', 'somewhere else'],
])('%s reads %s', (at, words) => {
  expect(pointWords(at)).toBe(words);
});

test('a fault that is not in the catalogue keeps its name', () => {
  expect(faultWords({ kind: 'flood', at: 's-0#1:input', params: {} })).toBe('s-0, at its 1st input: flood');
});

test('a failing run is one sentence', () => {
  const violation = {
    invariant: 'at-most-once',
    statement: '',
    message: 'file took effect 2 times',
    atUs: 1,
    signature: '',
  };
  const lost = { kind: 'drop-reply', at: 's-3/file/forward#1:reply', params: {} };
  expect(sentence(violation, [lost], [3])).toBe(
    'One saga and one fault (s-3, file, sent for the 1st time: the reply is lost, its effect stands) break at-most-once: file took effect 2 times.',
  );
  expect(sentence(violation, [], [0, 1])).toBe(
    '2 sagas and no fault break at-most-once: file took effect 2 times.',
  );
});
