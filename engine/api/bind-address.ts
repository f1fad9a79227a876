// Where a server may listen. Without tokens only on its own machine: whoever reaches it may do everything.

import { BlockList, isIP } from 'node:net';
import { UserError } from '../core/user-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine reaches an address. A name other than `localhost` may lead anywhere. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Refuses to listen for others than this machine without tokens: whoever reached it might do everything.
 * @throws UserError `public-without-tokens`, `bad-port`
 */
export function checkAddress(host: string, port: number, hasTokens: boolean): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UserError(
      'bad-port',
      `port is ${port}`,
      'Give a whole number from 0 to 65,535; 0 finds a free one.',
    );
  }
  if (hasTokens || isLoopback(host)) return;
  throw new UserError(
    'public-without-tokens',
    `without tokens nobody but this machine may reach the server, so it does not listen on ${JSON.stringify(host)}`,
    'Configure tokens, or listen on 127.0.0.1.',
  );
}
