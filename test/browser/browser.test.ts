import { expect, test } from 'vitest';
import { missing } from './browser.ts';

test('a machine without a Chromium is told what to do', () => {
  expect(missing({ CHROMIUM: '/nowhere/chromium' })).toBe(
    'there is no Chromium at /nowhere/chromium: install chromium, or set CHROMIUM to its path',
  );
});
