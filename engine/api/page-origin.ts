// Where a page was asked for, so that the commands on it lead back to the same server. Who asks says so, and only they are
// shown it.

/** A name or an address, perhaps with a port; nothing that means something to a shell. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9._-]*)(:\d{1,5})?$/i;

/** As a browser writes it: `https://sagas.example`. Undefined when the request does not tell. */
export function pageOrigin(header: (name: string) => string | undefined): string | undefined {
  const host = header('host') ?? '';
  if (!HOST.test(host)) return undefined;
  const outside = header('x-forwarded-proto')?.split(',')[0]?.trim().toLowerCase(); // a proxy took the TLS off
  return `${outside === 'https' ? 'https' : 'http'}://${host.toLowerCase()}`;
}
