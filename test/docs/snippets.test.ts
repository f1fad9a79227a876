// Every block of code in the README and in docs/ is executed as a reader would execute it, or says why it is not.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { Reader } from './snippets.ts';
import { compilerSays, newPackage, newWorkspace } from './workspace.ts';

const PAGES = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'docs/bugs/empty-rollback.md', // one of those that are made alike: see bugs.test.ts
];

/** Most of the time a page waits for a process, and this file is the longest of all. */
vi.setConfig({ maxConcurrency: 2 });

const workspace = newWorkspace();
/** By page. */
const notRun = new Map<string, readonly string[]>();
afterAll(() => rmSync(workspace, { recursive: true }));

test.concurrent.each(PAGES)('%s', async (page) => {
  const name = page.replaceAll(/\W/g, '-');
  const reader = new Reader(newPackage(workspace, name), join(workspace, 'checked', name));
  const followed = await reader.follow(readFileSync(page, 'utf8'));
  notRun.set(page, followed.notRun);
  expect(followed.faults.join('\n\n')).toBe('');
});

test('all code compiles, at every moment of a page', async () => {
  expect(await compilerSays(workspace)).toBe('');
});

test('what is not executed says why', () => {
  const reasons = PAGES.flatMap((page) => notRun.get(page)!.map((reason) => `${page}: ${reason}`));
  expect([...new Set(reasons)]).toMatchInlineSnapshot(`
    [
      "README.md: CI does both",
      "README.md: the naive one takes ten seconds",
      "README.md: it takes a minute",
      "README.md: a server does not end; test/cli/serve.test.ts asks one",
      "README.md: no two runs for real are the same",
      "docs/api.md: a server must be there; test/docs/api.test.ts asks one",
      "docs/ci.md: half a minute",
      "docs/ci.md: there is no such failure yet",
      "docs/debugger.md: there is no such failure yet",
      "docs/event-sourcing.md: a database must be there; test/engine/live/postgres-streams.test.ts has one",
      "docs/live.md: a bank must be there",
      "docs/live.md: a database and a bank must be there",
      "docs/live.md: a minute for real, and a database; test/cli/live.test.ts does it",
      "docs/on-call.md: a store and a server must be there; test/cli/why.test.ts has them",
      "docs/on-call.md: a store and a server must be there; test/docs/on-call.test.ts has them",
      "docs/on-call.md: a store and services must be there; test/cli/reconcile.test.ts has them",
      "docs/on-call.md: a store and services must be there; test/cli/store-restore.test.ts has them",
      "docs/on-call.md: promtool is Prometheus' own; test/ops reads the same files",
      "docs/package.md: an installation; test/package/adopt.sh does it with the packed package",
      "docs/policies.md: a minute",
      "docs/protocols.md: no two runs for real are the same",
      "docs/reports.md: a minute",
      "docs/runbook.md: a server does not end; test/docs/runbook.test.ts runs these lines",
      "docs/tour.md: an installation; test/package/adopt.sh does it with the packed package",
    ]
  `);
});
