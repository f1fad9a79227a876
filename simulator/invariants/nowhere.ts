// A world in which there is nothing: for an invariant that is only to say who it is.

import type { Policy } from '../../engine/core/policy.ts';
import type { WorldView } from './invariant.ts';

const GIVES_UP: Policy = {
  name: 'none',
  callTimeoutUs: 0,
  retryDelayUs: () => -1,
  budgetUs: () => 0,
  check: () => undefined,
};

export const NOWHERE: WorldView = {
  participants: {},
  files: () => [],
  log: () => [],
  epochOf: () => 0,
  isRefused: () => false,
  policyOf: () => GIVES_UP,
  nowUs: () => 0,
  healAtUs: 0,
};
