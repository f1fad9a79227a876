// The alerts on incidents that nobody had: series of simulated runs, in virtual time, as Prometheus would have read them
// from a live engine.

import { expect, test } from 'vitest';
import { policies } from '../../engine/policy/index.ts';
import { QUIET_MS } from '../../scenarios/at-load/checkout.ts';
import { alertsOf, OUTAGE, shopWith, UNTIL_MIN } from './simulated-run.ts';

test('in eight calm minutes at load nobody is woken', async () => {
  expect(alertsOf(await shopWith([]))).toEqual({});
});

test('an outage of four minutes, under a policy that gets through it: what failed is told while it lasts, and not before', async () => {
  const told = alertsOf(await shopWith([OUTAGE]));
  expect(Object.keys(told).sort()).toEqual([
    'CircuitOpen',
    'CompensationFailed',
    'ErrorBudgetBurnFast',
    'ErrorBudgetBurnSlow',
    'ErrorBudgetBurnSteady',
    'ErrorBudgetBurnVeryFast',
    'HighCompensationRate',
    'HighTransactionFailureRate',
    'ManyStuckSagas',
    'SlowCompensations',
    'SlowTransactions',
  ]);
  const begins = Object.values(told).map(([fromMin]) => fromMin);
  expect(Math.min(...begins)).toBeGreaterThan(QUIET_MS / 60_000);
  expect(told.CircuitOpen![0]).toBe(Math.min(...begins));
  expect(told.ManyStuckSagas![1]).toBeLessThan(told.ErrorBudgetBurnSlow![1]);
});

test('the same under a policy that gives up early: undos fail, and sagas that wait for a person are told of again and again', async () => {
  const told = alertsOf(await shopWith([OUTAGE], policies.naive));
  expect(Object.keys(told)).toEqual(
    expect.arrayContaining([
      'CompensationFailed',
      'HighTransactionFailureRate',
      'ManyStuckSagas',
      'StuckSaga',
    ]),
  );
  expect(told).not.toHaveProperty('CircuitOpen'); // it has none
  expect(told.StuckSaga![1]).toBe(UNTIL_MIN);
});
