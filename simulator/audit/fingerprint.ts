// A fingerprint of what a run for real left in its store. Two runs have two: nobody orders the messages of real sockets.
// It says of which evidence a record speaks.

import { hash32 } from '../../engine/core/mix.ts';
import { Fingerprint } from '../kernel/trace.ts';
import type { Evidence } from './evidence.ts';

/** 128 bits in hex over all logs. */
export function fingerprintOf({ logs }: Evidence): string {
  const fingerprint = new Fingerprint();
  for (const [saga, log] of [...logs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = hash32(saga);
    for (const { version, epoch, atUs, event } of log) {
      fingerprint.note(atUs, version, name, epoch, hash32(JSON.stringify(event)));
    }
  }
  return fingerprint.hex();
}
