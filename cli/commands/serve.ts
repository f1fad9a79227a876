// `sagastorm serve`: the live engine with its REST API, until it is told to stop.
//
// V1. Stopping: no new requests, those under way are answered; then the engine writes what it knows and hands the rest
//     over; then the store is closed. A second signal ends the process at once: the sagas are safe all the same.

import { checkAddress, RequestLog, type ServedApi, serveApi } from '../../engine/api/index.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { type HttpService, HttpTransport, serviceBook } from '../../engine/live/index.ts';
import { counted } from '../../reports/wording.ts';
import { VERSION } from '../../simulator/campaign/source-tree.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven, textOf, wholeNumberOf } from '../flags.ts';
import { type MockServices, startMocks } from '../mock-services.ts';
import { loadDefinitions } from '../saga-definitions.ts';
import { policyNamed, readServeConfig, type ServeConfig } from '../serve-config.ts';
import { openEngine, type ServedEngine, type StoreChoice } from '../served-engine.ts';
import { MOCKS_FOLDER } from '../service-books.ts';
import { SERVE } from '../specs.ts';
import { storeChoice } from '../store-choice.ts';
import { print, remark } from '../terminal.ts';
import { undefinedSagas } from '../undefined-sagas.ts';

const PORTS = { min: 0, max: 65_535 };
const PORT_DEFAULT = 8_080;
const HOST_DEFAULT = '127.0.0.1';

interface Plan {
  readonly config: ServeConfig;
  readonly port: number;
  readonly host: string;
  readonly store: StoreChoice;
  readonly policy: Policy | undefined;
  readonly definitions: string | undefined;
  readonly isMocked: boolean;
  /** Where traces go. */
  readonly otlp: string | undefined;
  readonly log: typeof process.stderr | undefined;
}

export async function serve(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  refuseWords(words, SERVE);
  const plan = planOf(given);
  checkAddress(plan.host, plan.port, plan.config.tokens.length > 0); // before anything is opened
  const life = new Life();
  const rooms = new Rooms();
  try {
    await open(plan, rooms, life);
    const error = await life.over;
    if (error !== undefined) throw error;
    remark('sagastorm: stopping.\n');
    return EXIT.held;
  } finally {
    await rooms.close();
    life.letGo();
  }
}

/** @throws UserError whatever is wrong with the flags or the configuration */
function planOf(given: GivenFlags): Plan {
  const config = readServeConfig(textOf(given, 'config'), process.env);
  const policy = textOf(given, 'policy');
  return {
    config,
    port: wholeNumberOf(given, 'port', PORTS) ?? PORT_DEFAULT,
    host: textOf(given, 'host') ?? HOST_DEFAULT,
    store: storeChoice(given, process.env.DATABASE_URL),
    policy: policy === undefined ? config.policy : policyNamed(policy),
    definitions: textOf(given, 'definitions'),
    isMocked: isGiven(given, 'mock'),
    otlp: textOf(given, 'otlp'),
    log: isGiven(given, 'quiet') ? undefined : process.stderr,
  };
}

async function open(plan: Plan, rooms: Rooms, life: Life): Promise<void> {
  const definitions = plan.definitions === undefined ? [] : await loadDefinitions(plan.definitions);
  const mocks = plan.isMocked ? rooms.keep(await startMocks(MOCKS_FOLDER, plan.config.mocks)) : undefined;
  const services = servicesOf(plan.config, mocks);
  const transport = rooms.keep(new HttpTransport({ services }));
  const { store, policy, otlp } = plan;
  const log = new RequestLog(plan.log);
  const over = (error: Error): void => life.end(error);
  const served = rooms.keep(await openEngine({ store, transport, definitions, policy, otlp, log, over }));
  const { engine, catalogue, meter } = served;
  const { tokens, limits } = plan.config;
  const api = await serveApi({
    engine,
    catalogue,
    meter,
    definitions,
    books: () => Promise.all(Object.entries(services).map(([name, at]) => serviceBook(name, at))),
    tokens,
    limits,
    port: plan.port,
    host: plan.host,
    version: VERSION,
    ...(plan.log === undefined ? {} : { log: plan.log }),
  });
  rooms.keep(api);
  print(greeting(plan, api, served, Object.keys(services)) + mocksAt(mocks));
  const unknown = await undefinedSagas(catalogue, definitions).catch((error: Error) => {
    log.trouble('store', error); // it serves already
    return undefined;
  });
  if (unknown !== undefined) remark(`sagastorm: ${unknown}\n`);
}

/** A service of the configuration stands for the mock of its name. */
function servicesOf(
  { services }: ServeConfig,
  mocks: MockServices | undefined,
): Record<string, string | HttpService> {
  return { ...mocks?.services, ...services };
}

function greeting(
  plan: Plan,
  { url }: ServedApi,
  { recovered }: ServedEngine,
  services: readonly string[],
): string {
  const { store, config } = plan;
  const where = store.kind === 'sqlite' ? `sqlite, ${store.file}` : store.kind;
  const lines = [
    `sagastorm ${VERSION} listens on ${url}`,
    `  status ${url}/   API ${url}/docs   meters ${url}/metrics`,
    `  store: ${where}${recovered ? `; sagas taken up: ${recovered}` : ''}`,
    `  services: ${services.join(', ') || 'none; name some in sagastorm.config.json, or try --mock'}`,
    `  access: ${config.tokens.length === 0 ? 'this machine only, without tokens' : counted(config.tokens.length, 'token')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Where the mocks are, for those who want to ask them. */
function mocksAt(mocks: MockServices | undefined): string {
  if (mocks === undefined) return '';
  const lines = Object.entries(mocks.services).map(([name, url]) => `    ${name.padEnd(10)} ${url}\n`);
  return `  mocks:\n${lines.join('')}`;
}

interface Closable {
  close(): unknown;
}

/** What was opened; closed in the reverse order. V1. */
class Rooms {
  readonly #kept: Closable[] = [];

  keep<Kept extends Closable>(kept: Kept): Kept {
    this.#kept.push(kept);
    return kept;
  }

  async close(): Promise<void> {
    for (const kept of this.#kept.splice(0).reverse()) await kept.close();
  }
}

/** Until when the server runs: a signal, or the end of its engine. */
class Life {
  readonly #end = Promise.withResolvers<Error | undefined>();
  #isOver = false;
  readonly #signalled = (): void => {
    if (this.#isOver) process.exit(EXIT.interrupted); // V1
    this.end(undefined);
  };

  constructor() {
    process.on('SIGTERM', this.#signalled).on('SIGINT', this.#signalled);
  }

  /** Resolves without an error when it was asked to stop. */
  get over(): Promise<Error | undefined> {
    return this.#end.promise;
  }

  end(error: Error | undefined): void {
    this.#isOver = true;
    this.#end.resolve(error);
  }

  letGo(): void {
    process.off('SIGTERM', this.#signalled).off('SIGINT', this.#signalled);
  }
}
