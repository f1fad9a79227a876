// The participant answers with a failure and has done nothing. `classIndex` points into FAILURE_CLASSES; half of
// these answers say so for certain, the other half are a 5xx that could mean anything.

import { FAILURE_CLASSES, type FailureClass } from '../../engine/core/protocol.ts';
import { defineFault } from './fault.ts';

/** The classes that a healthy request can meet; the final ones (`business`, `invalid_request`) are no faults. */
const CLASSES: readonly FailureClass[] = FAILURE_CLASSES.filter(
  (c) => c !== 'business' && c !== 'invalid_request',
);

export const failBefore = defineFault({
  kind: 'fail-before',
  point: 'handler',
  ceiling: { breezePpm: 20_000, stormPpm: 200_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ classIndex: draw('class', 0, CLASSES.length - 1), certain: draw('certain', 0, 1) }),
  inject(fate, { classIndex = 0, certain = 0 }) {
    fate.failBefore = CLASSES[classIndex] ?? 'transient';
    fate.certain = certain === 1;
  },
  shrink: (params) => (params.classIndex === 0 ? [] : [{ ...params, classIndex: 0 }]),
  describe: ({ classIndex = 0, certain = 0 }) =>
    `the participant fails before its effect: ${CLASSES[classIndex] ?? 'transient'}${certain === 1 ? '' : ', outcome unknown'}`,
});
