// A host that has started, and is stopped after the test.

import { afterEach, expect } from 'vitest';
import type { Host } from '../../../engine/live/index.ts';
import { type Stage, type StageOptions, type StageStore, stage } from './stage.ts';

/** To be stopped after the test. */
export const hosts: Host[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop({ graceMs: 0 })));
});

export async function running(options: StageOptions<StageStore> = {}): Promise<Stage> {
  const set = stage(options);
  hosts.push(set.host);
  await set.host.start();
  return set;
}

export const failsWith = (code: string) => expect.objectContaining({ code });
