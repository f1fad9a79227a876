// Everything that a run wrote down, in the order in which it happened: the appends of all sagas, and the calls of all
// participants, each of which is a list in order already.

import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import type { HandledCall, ServiceEvidence } from './evidence.ts';

export type Occurrence =
  | { readonly kind: 'append'; readonly atUs: number; readonly append: AppendOutput }
  | {
      readonly kind: 'handled';
      readonly atUs: number;
      readonly service: string;
      readonly handled: HandledCall;
    };

/** The appends that a log was written by: events that one writer wrote at one time. */
export function appendsOf(log: readonly StoredEvent[]): readonly AppendOutput[] {
  const appends: AppendOutput[] = [];
  let at = 0;
  while (at < log.length) {
    const { saga, version, epoch, atUs } = log[at]!;
    const after = log.findIndex(
      (row, i) => i > at && (row.atUs !== atUs || row.epoch !== epoch || row.version !== version + i - at),
    );
    const end = after < 0 ? log.length : after;
    const events = log.slice(at, end).map(({ event }) => event);
    appends.push({ kind: 'append', saga, number: at + 1, expectedVersion: version - 1, epoch, atUs, events });
    at = end;
  }
  return appends;
}

/**
 * One after the other. Of the same microsecond, an append comes first: it intends the call. Within a saga appends keep
 * the order of their log, and within a service calls that of its file, whatever their times say.
 */
export function* inOrder(
  appends: readonly AppendOutput[],
  services: Readonly<Record<string, ServiceEvidence>>,
): Generator<Occurrence> {
  const sources = Object.entries(services).map(([service, { handled }]) => new Source(service, handled));
  const sorted = [...withoutSteps(appends)].sort((a, b) => a.atUs - b.atUs);
  for (const { append, atUs } of sorted) {
    yield* before(sources, atUs);
    yield { kind: 'append', atUs, append };
  }
  yield* before(sources, Infinity);
}

/** Each append with a time that is not before that of the one that it follows. */
function* withoutSteps(
  appends: readonly AppendOutput[],
): Generator<{ readonly append: AppendOutput; readonly atUs: number }> {
  let [saga, latestUs] = ['', 0];
  for (const append of appends) {
    latestUs = append.saga === saga ? Math.max(latestUs, append.atUs) : append.atUs;
    saga = append.saga;
    yield { append, atUs: latestUs };
  }
}

function* before(sources: readonly Source[], atUs: number): Generator<Occurrence> {
  for (;;) {
    const next = sources.reduce<Source | undefined>(
      (first, one) => (one.atUs < (first?.atUs ?? atUs) ? one : first),
      undefined,
    );
    if (next === undefined) return;
    yield next.take();
  }
}

/** The calls of one service that are still to come. */
class Source {
  readonly #service: string;
  readonly #handled: readonly HandledCall[];
  #taken = 0;
  /** Of the next; infinite after the last. */
  atUs = 0;

  constructor(service: string, handled: readonly HandledCall[]) {
    this.#service = service;
    this.#handled = handled;
    this.#look();
  }

  take(): Occurrence {
    const [handled, atUs] = [this.#handled[this.#taken++]!, this.atUs];
    this.#look();
    return { kind: 'handled', atUs, service: this.#service, handled };
  }

  #look(): void {
    const next = this.#handled[this.#taken];
    this.atUs = next === undefined ? Infinity : Math.max(this.atUs, next.atUs);
  }
}
