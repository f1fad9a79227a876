// A purchase quotes a price in its first step and makes out the invoice in its last. In between the price is raised, and the
// customer is asked for what was never quoted: the same saga read the same record twice, and found two values.

import { quote } from '../isolation/quote.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

export const bug = plantedBug({
  how: 'The invoice has another price than the quote, since it was raised in between',
  mended: 'The invoice is refused when the price has changed since the quote, and the purchase is undone.',
  lookFor:
    'Find records that two steps of one saga read. Either the first hands on what it found, or the second checks that it is still so.',
  reading: 'Berenson et al., _A Critique of ANSI SQL Isolation Levels_, SIGMOD 1995, on fuzzy reads (P2)',
  caughtBy: ['isolation'],
  trigger: [],
  seenIn: 'shops that look the price up again at checkout; rates and fees that change at midnight',
  wrong: quote({
    name: 'fuzzy-read',
    title: 'An invoice is made out whatever was quoted',
    rereads: false,
    sagasPerRun: SAGAS,
  }),
  right: quote({
    name: 'fuzzy-read-corrected',
    title: 'An invoice must have the price that was quoted',
    rereads: true,
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
