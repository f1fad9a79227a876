// Where a user's code comes from: a module, named by its URL, since it is loaded into another thread.

import { existsSync } from 'node:fs';
import { UserError } from '../../engine/core/user-error.ts';
import type { Source } from './command.ts';

const EXPORTS = { service: 'start', client: 'client' } as const;

interface SourceOptions {
  readonly kind: keyof typeof EXPORTS;
  readonly export?: string;
  readonly baseUrl?: string;
  readonly data?: unknown;
}

/** @throws UserError `bad-service`, `bad-client` */
export function sourceOf(module: URL | string, options: SourceOptions): Source {
  const { kind, export: exportName = EXPORTS[kind], baseUrl = 'http://service.invalid', data } = options;
  const href = String(module);
  if (!href.startsWith('file:')) {
    throw new UserError(
      `bad-${kind}`,
      `${JSON.stringify(href)} is not the module of a ${kind}`,
      `Give new URL('./my-${kind}.ts', import.meta.url).`,
    );
  }
  if (!URL.canParse(baseUrl)) {
    throw new UserError(
      `bad-${kind}`,
      `the ${kind} in ${href} has no usable baseUrl`,
      "Give one such as 'http://payments.internal/v1', or leave it out.",
    );
  }
  return { module: asBuilt(href), exportName, baseUrl, data };
}

/** A URL is not rewritten when TypeScript is built: where `.ts` is not, `.js` may be. */
function asBuilt(href: string): string {
  const built = href.replace(/\.([cm]?)ts$/, '.$1js');
  return !existsSync(new URL(href)) && existsSync(new URL(built)) ? built : href;
}
