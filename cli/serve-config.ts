// The configuration file of `sagastorm serve`. What nothing reads is refused, and the nearest known name suggested.
//
//   { "services": { "bank": "http://127.0.0.1:7001",
//                   "stock": { "baseUrl": "https://…", "headersFromEnv": { "authorization": "STOCK_AUTH" } } },
//     "tokens": [{ "env": "SAGA_TOKEN", "role": "operate" }, { "sha256": "…", "role": "read", "name": "grafana" }],
//     "limits": { "requestsPerSecond": 50 },
//     "mocks": { "card": "payment" },
//     "policy": "patient" }
//
// F1. Secrets stand in the environment, never in the file: it names the variables. No message shows their values.

import { existsSync } from 'node:fs';
import {
  type AccessToken,
  type ApiLimits,
  accessToken,
  limitsOf,
  ROLES,
  type Role,
} from '../engine/api/index.ts';
import { suggestion } from '../engine/core/nearest.ts';
import type { Policy } from '../engine/core/policy.ts';
import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';
import type { HttpService } from '../engine/live/index.ts';
import { definePolicy, type PolicySpec, policies } from '../engine/policy/index.ts';
import { KNOWN_SERVICES } from '../participants-mock/http/index.ts';
import { readJson } from '../simulator/campaign/json-file.ts';

export const CONFIG_FILE = 'sagastorm.config.json';

export interface ServeConfig {
  readonly services: Readonly<Record<string, HttpService>>;
  readonly tokens: readonly AccessToken[];
  readonly limits: ApiLimits;
  readonly policy: Policy | undefined;
  /** What `--mock` starts: kinds of mock services, by the names that sagas have for them. Undefined: one of each usual kind. */
  readonly mocks: Readonly<Record<string, string>> | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Members = Readonly<Record<string, unknown>>;

/**
 * Reads and checks the file; without a path, the default one if it exists.
 *
 * @throws UserError `file-not-found`, `bad-json`, `bad-config`, `missing-env`, `bad-token`, `bad-limit`, `bad-policy`
 */
export function readServeConfig(path: string | undefined, env: Environment): ServeConfig {
  const file = path ?? (existsSync(CONFIG_FILE) ? CONFIG_FILE : undefined);
  const given = file === undefined ? {} : readJson(file, 'a configuration, such as { "services": { … } }');
  return configOf(given, env);
}

/** @throws UserError as {@link readServeConfig} */
export function configOf(given: unknown, env: Environment): ServeConfig {
  const config = recordAt(given, 'the configuration', ['services', 'tokens', 'limits', 'policy', 'mocks']);
  const services = Object.entries(recordAt(config.services ?? {}, 'services'));
  const { tokens = [] } = config;
  if (!Array.isArray(tokens))
    throw bad('tokens must be a list', 'Write "tokens": [{ "env": "…", "role": "read" }].');
  return {
    services: Object.fromEntries(services.map(([name, service]) => [name, serviceOf(name, service, env)])),
    tokens: tokens.map((token: unknown, i) => tokenOf(token, `tokens[${i}]`, env)),
    limits: limitsOf(recordAt(config.limits ?? {}, 'limits') as Partial<ApiLimits>),
    policy: config.policy === undefined ? undefined : policyOf(config.policy),
    mocks: config.mocks === undefined ? undefined : mocksOf(recordAt(config.mocks, 'mocks')),
  };
}

function mocksOf(given: Members): Readonly<Record<string, string>> {
  for (const [name, kind] of Object.entries(given)) {
    if (typeof kind === 'string' && KNOWN_SERVICES.includes(kind)) continue;
    const hint = suggestion(String(kind), KNOWN_SERVICES, 'Mocks');
    throw bad(`mocks.${name} is no mock service: ${JSON.stringify(kind)}`, hint);
  }
  return given as Readonly<Record<string, string>>;
}

/** By its name, or as JSON. @throws UserError `unknown-policy`, `bad-policy` */
function policyOf(given: unknown): Policy {
  if (typeof given !== 'string') return definePolicy(recordAt(given, 'policy') as unknown as PolicySpec);
  return policyNamed(given);
}

/**
 * A standard policy by its name, or the one in a JSON file by its path.
 *
 * @throws UserError `unknown-policy`; of a file `file-not-found`, `bad-json`, `bad-policy`
 */
export function policyNamed(name: string): Policy {
  if (/[/\\]/.test(name) || name.endsWith('.json')) {
    return definePolicy(readJson(name, 'a policy, as `sagastorm tune` writes them') as PolicySpec); // Checks it.
  }
  const known = Object.values(policies);
  const policy = known.find((candidate) => candidate.name === name);
  if (policy !== undefined) return policy;
  const names = known.map((candidate) => candidate.name);
  const hint = `${suggestion(name, names)} A file is given by its path, such as ./my-policy.json.`;
  throw new UserError('unknown-policy', `there is no policy called "${name}"`, hint);
}

function serviceOf(name: string, given: unknown, env: Environment): HttpService {
  const at = `services.${name}`;
  if (typeof given === 'string') return { baseUrl: given };
  const {
    baseUrl,
    headersFromEnv = {},
    connectionsMax,
  } = recordAt(given, at, ['baseUrl', 'headersFromEnv', 'connectionsMax']);
  if (typeof baseUrl !== 'string')
    throw bad(`${at}.baseUrl must be a text`, 'Write it like "http://127.0.0.1:7001".');
  if (connectionsMax !== undefined && typeof connectionsMax !== 'number') {
    throw bad(`${at}.connectionsMax must be a number`, 'Give a whole number from 1.');
  }
  const headers = Object.entries(recordAt(headersFromEnv, `${at}.headersFromEnv`)).map(
    ([header, variable]) => [header, secretIn(variable, `${at}.headersFromEnv.${header}`, env)],
  );
  return {
    baseUrl,
    headers: Object.fromEntries(headers),
    ...(connectionsMax === undefined ? {} : { connectionsMax }),
  };
}

/** F1. */
function tokenOf(given: unknown, at: string, env: Environment): AccessToken {
  const { env: variable, sha256, role, name } = recordAt(given, at, ['env', 'sha256', 'role', 'name']);
  const known = ROLES.find((candidate) => candidate === role);
  if (known === undefined) {
    throw bad(`${at}.role must be one of ${ROLES.join(', ')}`, suggestion(String(role), ROLES, 'Roles'));
  }
  if (name !== undefined && (typeof name !== 'string' || !/^[\w.-]{1,60}$/.test(name))) {
    throw bad(`${at}.name is not usable`, 'Use letters, digits and . _ -.');
  }
  if ((variable === undefined) === (sha256 === undefined)) {
    throw bad(
      `${at} needs either "env" or "sha256"`,
      'Name the variable that holds the token, or give its SHA-256.',
    );
  }
  return variable === undefined ? hashed(sha256, known, name, at) : secret(variable, known, name, at, env);
}

function secret(
  variable: unknown,
  role: Role,
  name: string | undefined,
  at: string,
  env: Environment,
): AccessToken {
  return accessToken(secretIn(variable, `${at}.env`, env), role, name ?? String(variable));
}

function hashed(sha256: unknown, role: Role, name: string | undefined, at: string): AccessToken {
  if (typeof sha256 !== 'string') throw bad(`${at}.sha256 must be a text`, 'Give 64 hexadecimal digits.');
  return { sha256, role, ...(name === undefined ? {} : { name }) };
}

function secretIn(variable: unknown, at: string, env: Environment): string {
  if (typeof variable !== 'string' || !/^[A-Za-z_]\w{0,99}$/.test(variable)) {
    throw bad(`${at} must be the name of an environment variable`, 'Write it like "SAGA_TOKEN".');
  }
  const value = env[variable];
  if (value !== undefined && value !== '') return value;
  const hint = `Set it, for example: export ${variable}="$(openssl rand -hex 32)".`;
  throw new UserError('missing-env', `${at}: the environment variable ${variable} is not set`, hint);
}

function recordAt(value: unknown, at: string, known?: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(`${at} must be a JSON object`, 'See `sagastorm serve --help`, and the README for an example.');
  }
  if (known !== undefined) checkMembers(at, value, known, 'bad-config');
  return value as Members;
}

function bad(message: string, hint: string): UserError {
  return new UserError('bad-config', message, hint);
}
