// Who asks, and what they may do: bearer tokens, each with a role.
//
// A1. A token is kept as its SHA-256 alone. What is shown is compared with every token, each time in the same time.
// A2. Roles contain one another: read < operate < admin.
// A3. Without tokens everybody may do everything: a server without tokens is only reached from its own machine
//     (bind-address.ts, origin-guard.ts).
// A4. Pages may be opened with the token as the password of Basic, which a browser asks for. Nothing that changes
//     anything may: a browser sends it along unasked.

import { createHash, timingSafeEqual } from 'node:crypto';
import { suggestion } from '../core/nearest.ts';
import { UserError } from '../core/user-error.ts';
import { Problem } from './problem.ts';

/** `read`: GET. `operate`: POST and PUT too. `admin`: DELETE and `/api/admin` too, but for the repairs that take nothing over. */
export type Role = (typeof ROLES)[number];
/** Each may do what those before it may. */
export const ROLES = ['read', 'operate', 'admin'] as const;
/** Characters of a token at least: 16 of them at random cannot be guessed. */
export const TOKEN_LENGTH_MIN = 16;

/** A token as the server knows it: by its hash, so that a configuration or a dump gives nothing away. */
export interface AccessToken {
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly role: Role;
  /** For logs; never the token. Default: the first digits of its hash. */
  readonly name?: string;
}

/** Whoever asks. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/** The role of a caller without a token, when there are none. A3. */
const ANYBODY: Caller = { name: 'anybody', role: 'admin' };

/**
 * A token as a server keeps it.
 *
 * @param secret at least 16 visible ASCII characters
 * @param name for messages and logs
 * @throws UserError `bad-token`, which does not show it
 * @example
 * accessToken(process.env.SAGA_TOKEN ?? '', 'operate', 'SAGA_TOKEN');
 */
export function accessToken(secret: string, role: Role, name: string): AccessToken {
  if (/^[!-~]{16,}$/.test(secret)) return { sha256: digest(secret).toString('hex'), role, name };
  throw new UserError(
    'bad-token',
    `the token ${name} has fewer than ${TOKEN_LENGTH_MIN} characters, or such as cannot be sent`,
    'Make one with: openssl rand -hex 32',
  );
}

export class Access {
  readonly #tokens: readonly { readonly digest: Buffer; readonly caller: Caller }[];

  /** @throws UserError `bad-token`. */
  constructor(tokens: readonly AccessToken[]) {
    this.#tokens = tokens.map(({ sha256, role, name }) => {
      if (!/^[0-9a-f]{64}$/i.test(sha256)) {
        const hint = "Make one with: printf %s 'the token' | sha256sum";
        throw new UserError('bad-token', 'sha256 of a token is not 64 hexadecimal digits', hint);
      }
      if (!ROLES.includes(role)) {
        throw new UserError('bad-token', `"${role}" is no role`, suggestion(String(role), ROLES, 'Roles'));
      }
      return {
        digest: Buffer.from(sha256, 'hex'),
        caller: { name: name ?? `token-${sha256.slice(0, 8).toLowerCase()}`, role },
      };
    });
  }

  /** Whether everybody may do everything. A3. */
  get isOpen(): boolean {
    return this.#tokens.length === 0;
  }

  /**
   * Who that is, by the `authorization` header; undefined for a stranger.
   *
   * @param takesBasic A4
   */
  callerOf(authorization: string | undefined, takesBasic: boolean): Caller | undefined {
    if (this.isOpen) return ANYBODY;
    const secret = secretIn(authorization ?? '', takesBasic);
    const shown = digest(secret ?? '');
    let caller: Caller | undefined;
    for (const token of this.#tokens) if (timingSafeEqual(token.digest, shown)) caller ??= token.caller; // A1
    return secret === undefined ? undefined : caller;
  }
}

/** @throws Problem 401 `no-token`, 403 `not-allowed` */
export function requireRole(caller: Caller | undefined, role: Role, takesBasic: boolean): void {
  if (caller === undefined) {
    const ways = [
      'Bearer realm="sagastorm"',
      ...(takesBasic ? ['Basic realm="sagastorm", charset="UTF-8"'] : []),
    ];
    throw new Problem({
      status: 401,
      code: 'no-token',
      detail: 'this server wants a token that it knows',
      hint: 'Send it as: Authorization: Bearer <token>.',
      headers: { 'www-authenticate': ways.join(', ') },
    });
  }
  if (ROLES.indexOf(caller.role) >= ROLES.indexOf(role)) return; // A2
  throw new Problem({
    status: 403,
    code: 'not-allowed',
    detail: `this needs the role "${role}", and the token has "${caller.role}"`,
    hint: 'Use another token.',
  });
}

function secretIn(authorization: string, takesBasic: boolean): string | undefined {
  const [, scheme = '', value = ''] = /^([A-Za-z]+) +([!-~]+) *$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic' || !takesBasic) return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
