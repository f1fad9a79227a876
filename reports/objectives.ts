// What service levels came to, in the words of people. The record has bare numbers, milliseconds or so many of a thousand;
// which of the two its name says.

import type { Objective } from '../simulator/run-record.ts';
import { duration, exactDuration, number } from './wording.ts';

/** So near to the limit, in parts of it, every digit counts. */
const NEAR = 0.01;
const MICROSECONDS_PER_MS = 1_000;

/** `99 % of all sagas end within 2 s, here 2.3 s`. */
export function objectiveText(objective: Objective): string {
  const { statement, actual } = objective;
  if (actual === undefined) return `${statement}: not measured`;
  return `${statement}, here ${measuredText(objective)}`;
}

/** `2.3 s`, `990 of 1,000`, `never`; never rounded so that it looks met when it is missed. */
export function measuredText({ id, limit, actual }: Objective): string {
  if (actual === undefined) return '–';
  if (actual < 0) return 'never';
  if (isShare(id)) return `${number(actual)} of 1,000`;
  const us = Math.round(actual * MICROSECONDS_PER_MS);
  return Math.abs(actual - limit) < NEAR * limit ? exactDuration(us) : duration(us);
}

/** `2 s`, `990 of 1,000`. */
export function limitText({ id, limit }: Objective): string {
  return isShare(id) ? `${number(limit)} of 1,000` : exactDuration(limit * MICROSECONDS_PER_MS);
}

function isShare(id: string): boolean {
  return id.endsWith('Permille');
}
