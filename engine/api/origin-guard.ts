// Against web pages that use the browser of somebody who may do more than they.
//
// G1. Nothing is changed at the wish of a page of another origin.
// G2. Without tokens the server only answers to names of this machine: a page whose name was made to lead here
//     (DNS rebinding) asks under its own name.

import { isLoopback } from './bind-address.ts';
import { Problem } from './problem.ts';

/** G2. @throws Problem 421 `foreign-host` */
export function refuseForeignHost(host: string | undefined): void {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1] ?? '';
  if (isLoopback(name.replace(/^\[|\]$/g, ''))) return;
  throw new Problem({
    status: 421,
    code: 'foreign-host',
    detail: 'a server without tokens answers only to localhost, 127.0.0.1 and [::1]',
    hint: 'Use one of these names, or configure tokens.',
  });
}

/** G1. @throws Problem 403 `foreign-origin` */
export function refuseForeignOrigin(headers: {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  readonly fetchSite: string | undefined;
}): void {
  const { origin, host, fetchSite } = headers;
  const isOwn =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
  const isOwnSite = fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
  if (isOwn && isOwnSite) return;
  throw new Problem({
    status: 403,
    code: 'foreign-origin',
    detail: 'a page of another origin may not change anything here',
    hint: 'Ask from the same origin, or from a program that is no browser.',
  });
}
